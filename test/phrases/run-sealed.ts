import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { countOf, judge, report } from './judge.ts'

/**
 * The sealed half: `node test/phrases/run-sealed.ts`. It is run once, when the parser is done, and reported as it fell.
 * First of all the file must be the one that was sealed.
 */

const sealed = 'b3637e366607fe838ab545eaafc2d3af9ca0c3b9c088a9e97bf8be6e1d484155'

const bytes = readFileSync(new URL('./sealed.json', import.meta.url))
const found = createHash('sha256').update(bytes).digest('hex')
if (found !== sealed) {
  console.error(`sealed.json is not the file that was sealed: its SHA-256 is ${found}, expected ${sealed}.`)
  process.exit(2)
}
const judged = judge('sealed.json')
console.log(report(judged))
const { right, wrong } = countOf(judged)
process.exit(right / judged.length >= 0.95 && wrong === 0 ? 0 : 1)
