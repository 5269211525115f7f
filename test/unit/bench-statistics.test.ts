import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderOf } from '../../bench/measure/rounds.ts'
import { median, percentile, ratioSpread, spreadOf } from '../../bench/measure/statistics.ts'

const figures = fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 })

describe('figures of a bench', () => {
  it('the median is the middle of an odd count and the mean of the two middle ones of an even count', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
  })

  it('the 99th percentile of a hundred values is the 99th of them, and of a few the largest', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile([3, 1, 2], 0.99)).toBe(3)
    expect(percentile([3, 1, 2], 0)).toBe(1)
  })

  it('no figure depends on the order of the rounds, and none lies outside what was measured', () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const { median: middle, min, max } = spreadOf(values)
        expect([min, max]).toEqual([Math.min(...values), Math.max(...values)])
        expect(middle >= min && middle <= max).toBe(true)
        expect(values).toContain(percentile(values, share))
        expect(spreadOf(values.toReversed())).toEqual({ median: middle, min, max })
      }),
    )
  })

  it('a ratio is taken round by round, so that noise both sides met does not show', () => {
    expect(ratioSpread([10, 100, 40], [5, 50, 20])).toEqual({ median: 2, min: 2, max: 2 })
  })

  it('nothing measured, or sides with different rounds, is refused', () => {
    expect(() => median([])).toThrow('at least one measured value')
    expect(() => ratioSpread([1, 2], [1])).toThrow('as many rounds of both sides, found 2 and 1')
  })

  it('every side comes first equally often', () => {
    const sides = ['a', 'b', 'c']
    const firsts = Array.from({ length: 6 }, (_, round) => orderOf(sides, round)[0])
    expect(firsts).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
    expect(orderOf(sides, 1).toSorted()).toEqual(sides)
  })
})
