import { z } from 'zod'

const testName = z.object({ file: z.string(), name: z.string() })

/** What one `vitest run` left behind, written by `skip-ledger.ts` to `.reports/tests.json`. */
export const testReport = z.object({
  passed: z.number().int(),
  failed: z.array(testName),
  skipped: z.array(testName.extend({ note: z.string().optional() })),
})
export type TestReport = z.infer<typeof testReport>

/** What CI may lack. Anything Debian can install is not on this list: CI installs it. */
const outsideNeed = z.enum(['outside fixtures', 'systemd', 'docker', 'kubernetes api'])

/** `test/expected-skips.json`: each entry names one test, exactly, and why it can't run everywhere. */
export const expectedSkips = z.array(
  z.strictObject({
    file: z.string(),
    name: z.string(),
    needs: outsideNeed,
    reason: z.string().min(20),
  }),
)
export type ExpectedSkip = z.infer<typeof expectedSkips>[number]

/** The sentences that make CI fail; empty when every failure and skip is accounted for. */
export function skipProblems(report: TestReport, expected: readonly ExpectedSkip[]): string[] {
  const known = new Set(expected.map(key))
  const failures = report.failed.map((test) => `failed: ${test.file} > ${test.name}`)
  const surprises = report.skipped
    .filter((test) => !known.has(key(test)))
    .map(
      (test) =>
        `skipped without leave: ${test.file} > ${test.name}; let it run, or list it with its reason in test/expected-skips.json`,
    )
  const nothingRan =
    report.passed === 0 ? ['no test passed: the run did not happen, or its report is stale'] : []
  return [...nothingRan, ...failures, ...surprises]
}

/** One line for people and scripts: `N passed, N failed, N skipped`. */
export function countLine(report: TestReport): string {
  return `${report.passed} passed, ${report.failed.length} failed, ${report.skipped.length} skipped`
}

function key(test: { file: string; name: string }): string {
  return `${test.file} > ${test.name}`
}
