import { z } from 'zod'

const testName = z.object({ file: z.string(), name: z.string() })

/** What one `vitest run` left behind, written by `skip-ledger.ts` to `.reports/tests.json`. */
export const testReport = z.object({
  passed: z.number().int(),
  failed: z.array(testName),
  skipped: z.array(testName.extend({ note: z.string().optional() })),
  /** Failed among all the others, and passed when run once more alone. Each is a defect, of the test or of the product. */
  unsteady: z.array(testName).default([]),
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

/** More files than this that fail are no matter of luck. */
const mostTriedAgain = 3

/**
 * The files worth a second try: tests of real processes and browsers, which a machine that stalls can fail. What is pure or
 * talks to the database alone gets none. Empty when anything else failed.
 */
export function triedAgain({ failed }: TestReport): string[] {
  const files = [...new Set(failed.map(({ file }) => file))]
  return files.length <= mostTriedAgain && files.every((file) => /^test\/(e2e|contract)\//.test(file))
    ? files
    : []
}

/** The first run with what the second one has made good; what failed twice stays failed. */
export function withSecondTry(first: TestReport, second: TestReport): TestReport {
  const again = new Set(second.failed.map(({ file }) => file))
  const made = first.failed.filter(({ file }) => !again.has(file))
  return {
    ...first,
    passed: first.passed + made.length,
    failed: first.failed.filter(({ file }) => again.has(file)),
    unsteady: [...first.unsteady, ...made],
  }
}

/** One line for people and scripts: `N passed, N failed, N skipped`. */
export function countLine(report: TestReport): string {
  return `${report.passed} passed, ${report.failed.length} failed, ${report.skipped.length} skipped`
}

function key(test: { file: string; name: string }): string {
  return `${test.file} > ${test.name}`
}
