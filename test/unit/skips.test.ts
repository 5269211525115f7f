import { describe, expect, it } from 'vitest'
import {
  countLine,
  expectedSkips,
  skipProblems,
  type TestReport,
  triedAgain,
  withSecondTry,
} from '../../scripts/skips.ts'

const aReport = (over: Partial<TestReport> = {}): TestReport => ({
  passed: 3,
  failed: [],
  skipped: [],
  unsteady: [],
  ...over,
})
const skip = { file: 'test/replay/a.test.ts', name: 'reads fixtures' }
const leave = {
  ...skip,
  needs: 'outside fixtures',
  reason: 'the folder of fixtures is not part of this repository',
}

describe('the check of skipped tests', () => {
  it('a skip with leave passes, the same skip without leave fails by name', () => {
    const report = aReport({ skipped: [skip] })
    expect(skipProblems(report, expectedSkips.parse([leave]))).toEqual([])
    expect(skipProblems(report, [])).toEqual([
      expect.stringContaining('test/replay/a.test.ts > reads fixtures'),
    ])
  })

  it('a failed test fails, and so does a run in which nothing passed', () => {
    expect(skipProblems(aReport({ failed: [skip] }), [])).toHaveLength(1)
    expect(skipProblems(aReport({ passed: 0 }), [])).toEqual([expect.stringContaining('no test passed')])
  })

  it('leave is given only to what CI cannot install, and only with a reason', () => {
    expect(expectedSkips.safeParse([{ ...leave, needs: 'chromium' }]).success).toBe(false)
    expect(expectedSkips.safeParse([{ ...leave, reason: 'flaky' }]).success).toBe(false)
  })

  it('a few failures of real processes are tried again, and nothing else is', () => {
    const browser = { file: 'test/e2e/page.test.ts', name: 'draws' }
    expect(triedAgain(aReport({ failed: [browser, browser] }))).toEqual([browser.file])
    expect(triedAgain(aReport({ failed: [browser, { file: 'test/db/run.test.ts', name: 'runs' }] }))).toEqual(
      [],
    )
    expect(
      triedAgain(aReport({ failed: [browser, { file: '(no file)', name: 'unhandled error' }] })),
    ).toEqual([])
    expect(
      triedAgain(
        aReport({ failed: [1, 2, 3, 4].map((n) => ({ ...browser, file: `test/e2e/${n}.test.ts` })) }),
      ),
    ).toEqual([])
  })

  it('what fails twice stays failed, and what passes then is told by name', () => {
    const [once, twice] = [
      { file: 'test/e2e/once.test.ts', name: 'is slow' },
      { file: 'test/e2e/twice.test.ts', name: 'is wrong' },
    ]
    const first = aReport({ failed: [once, twice] })
    expect(withSecondTry(first, aReport({ failed: [twice] }))).toEqual(
      aReport({ passed: 4, failed: [twice], unsteady: [once] }),
    )
  })

  it('the count is one plain line', () => {
    expect(countLine(aReport({ skipped: [skip] }))).toBe('3 passed, 0 failed, 1 skipped')
  })
})
