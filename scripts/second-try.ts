// `.ci/run` calls this after a failed `npm test`: a few failed files of real processes and browsers run once more, alone. What
// passes then is told by name as unsteady; what fails again, or failed elsewhere, fails the run.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { testReport, triedAgain, withSecondTry } from './skips.ts'

const path = '.reports/tests.json'
const secondPath = '.reports/tests-again.json'
const read = (from: string) => testReport.parse(JSON.parse(readFileSync(from, 'utf8')))

const first = read(path)
const files = triedAgain(first)
if (files.length === 0) process.exit(1)
console.log(`\n== once more, alone: ${files.join(', ')}`)
rmSync(secondPath, { force: true })
spawnSync('vitest', ['run', '--maxWorkers=1', ...files], {
  stdio: 'inherit',
  env: { ...process.env, TEST_REPORT: secondPath },
})
const second = read(secondPath)
// A second run that ran nothing shows nothing.
const whole = second.passed === 0 ? first : withSecondTry(first, second)
writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`)
process.exit(whole.failed.length === 0 ? 0 : 1)
