import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { countOf, judge, report } from './judge.ts'

/**
 * The sealed phrasings: `node test/phrases/run-sealed.ts`. They are run once, when the parser is done, and reported as they fell.
 * First of all the file must be the one that was sealed: `sealed-4.sha256` holds what its author wrote down.
 */

const file = new URL('./sealed-4.json', import.meta.url)
const sealed = readFileSync(new URL('./sealed-4.sha256', import.meta.url), 'utf8')
  .trim()
  .split(/\s+/)[0]
const found = createHash('sha256').update(readFileSync(file)).digest('hex')
if (found !== sealed) {
  console.error(`sealed-4.json is not the file that was sealed: its SHA-256 is ${found}, expected ${sealed}.`)
  process.exit(2)
}
const judged = judge('sealed-4.json')
console.log(report(judged))
const { right, wrong } = countOf(judged)
process.exit(right / judged.length >= 0.95 && wrong === 0 ? 0 : 1)
