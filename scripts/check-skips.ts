// Run after `npm test`: fails on a failed test, and on a skip that test/expected-skips.json doesn't list with a reason.
// Its last line is the count, alone on the line.
import { readFileSync } from 'node:fs'
import { countLine, expectedSkips, skipProblems, testReport } from './skips.ts'

const report = testReport.parse(readJson('.reports/tests.json', 'run `npm test` first'))
const expected = expectedSkips.parse(readJson('test/expected-skips.json', 'it is part of the repository'))
const problems = skipProblems(report, expected)
for (const problem of problems) console.error(problem)
for (const { file, name } of report.unsteady)
  console.log(`passed only when run once more, alone: ${file} > ${name}; find out why`)
console.log(countLine(report))
if (problems.length > 0) process.exitCode = 1

function readJson(path: string, remedy: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error(`cannot read ${path}: ${remedy}`, { cause })
  }
}
