import { expect, it } from 'vitest'
import { countOf, developed, judge, report } from '../phrases/judge.ts'

it.each(developed)(
  'Q1 of the phrases of %s at least 95 of 100 are read rightly, and none wrongly',
  (file) => {
    const judged = judge(file)
    console.log(report(judged))
    const { right, wrong } = countOf(judged)
    expect(judged.length).toBeGreaterThanOrEqual(160)
    expect(wrong).toBe(0)
    expect(right / judged.length).toBeGreaterThanOrEqual(0.95)
  },
)
