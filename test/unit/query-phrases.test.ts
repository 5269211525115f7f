import { expect, it } from 'vitest'
import { countOf, judge, report } from '../phrases/judge.ts'

it('Q1 of the phrases to develop with at least 95 % are read rightly, and none wrongly', () => {
  const judged = judge('development.json')
  console.log(report(judged))
  const { right, wrong } = countOf(judged)
  expect(judged).toHaveLength(200)
  expect(wrong).toBe(0)
  expect(right / judged.length).toBeGreaterThanOrEqual(0.95)
})
