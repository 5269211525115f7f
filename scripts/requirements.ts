// `npm run requirements`: every row of docs/requirements.md with its state and the tests that show it. Fails when a row is
// said to work and no test carries its id.
import { readFileSync } from 'node:fs'
import { projectFiles, projectRoot } from './project-files.ts'
import {
  describeRequirements,
  namedTestsIn,
  parseRequirements,
  requirementProblems,
} from './requirement-scan.ts'

const rows = parseRequirements(readFileSync(`${projectRoot}docs/requirements.md`, 'utf8'))
const tests = projectFiles(['test'], /\.test\.ts$/).flatMap(({ path, text }) => namedTestsIn(path, text))
console.log(describeRequirements(rows, tests))

const problems = requirementProblems(rows, tests)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
