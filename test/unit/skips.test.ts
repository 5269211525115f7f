import { describe, expect, it } from 'vitest'
import { countLine, expectedSkips, skipProblems, type TestReport } from '../../scripts/skips.ts'

const aReport = (over: Partial<TestReport> = {}): TestReport => ({
  passed: 3,
  failed: [],
  skipped: [],
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

  it('the count is one plain line', () => {
    expect(countLine(aReport({ skipped: [skip] }))).toBe('3 passed, 0 failed, 1 skipped')
  })
})
