import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import type { TestReport } from './skips.ts'

/**
 * Vitest reporter: names every skipped test at the end of the run, and writes the run as a `TestReport` (JSON) for
 * `scripts/check-skips.ts`. A file that fails to load and an error outside any test count as one failure each, so that
 * a run can't look green because its tests were never collected.
 */
export function skipLedger(reportFile: string): Reporter {
  let root = process.cwd()
  let filtered = false
  return {
    onInit(vitest: Vitest) {
      root = vitest.config.root
      filtered = vitest.config.testNamePattern !== undefined
    },
    onTestRunEnd(modules, unhandledErrors) {
      const report = toReport(modules, unhandledErrors, root)
      mkdirSync(dirname(reportFile), { recursive: true })
      writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`)
      // With `-t` nearly every test is skipped on purpose; naming them would bury the result.
      if (report.skipped.length === 0 || filtered) return
      console.log('\nSkipped:')
      for (const skip of report.skipped) {
        console.log(`  ${skip.file} > ${skip.name}${skip.note === undefined ? '' : ` (${skip.note})`}`)
      }
    },
  }
}

function toReport(modules: readonly TestModule[], unhandled: readonly unknown[], root: string): TestReport {
  const skipped: TestReport['skipped'] = []
  const failed: TestReport['failed'] = unhandled.map(() => ({ file: '(no file)', name: 'unhandled error' }))
  let passed = 0
  for (const module of modules) {
    const file = relative(root, module.moduleId)
    const tests = [...module.children.allTests()]
    for (const test of tests) {
      const state = stateOf(test)
      if (state === 'passed') passed += 1
      else if (state === 'failed') failed.push({ file, name: test.fullName })
      else skipped.push({ file, name: test.fullName, ...noteOf(test) })
    }
    const ownErrors =
      module.errors().length + [...module.children.allSuites()].flatMap((s) => s.errors()).length
    if (ownErrors > 0) failed.push({ file, name: 'the file itself, or a hook of it, failed' })
  }
  return { passed, failed, skipped, unsteady: [] }
}

/** A test that never ran (its hook failed, the run was interrupted) is `pending`: it shows nothing, so it is skipped. */
function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result()
  return state === 'pending' ? 'skipped' : state
}

function noteOf(test: TestCase): { note?: string } {
  const result = test.result()
  return result.state === 'skipped' && result.note !== undefined ? { note: result.note } : {}
}
