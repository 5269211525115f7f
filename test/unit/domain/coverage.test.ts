import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationOf, type TenthSum } from '../../../src/domain/learning/calibration.ts'
import { wilson } from '../../../src/domain/odds.ts'
import { posteriorMean } from '../../../src/domain/score.ts'

/** Probability of exactly `worked` of `tried` at rate `p`, for every `worked`. */
const binomial = (tried: number, p: number): number[] => {
  const weights = [(1 - p) ** tried]
  for (let worked = 1; worked <= tried; worked += 1)
    weights.push(((weights[worked - 1] ?? 0) * (tried - worked + 1) * p) / (worked * (1 - p)))
  return weights
}

const most = 50
const grid = 2_000
const intervals = Array.from({ length: most + 1 }, (_, tried) =>
  Array.from({ length: tried + 1 }, (_unused, worked) => wilson(worked, tried)),
)

/** How often the interval holds the true rate, exactly, not by drawing. */
const coverage = (tried: number, p: number): number =>
  binomial(tried, p).reduce((sum, weight, worked) => {
    const interval = intervals[tried]?.[worked]
    return interval !== undefined && interval.low <= p && p <= interval.high ? sum + weight : sum
  }, 0)

/** Uniform on [0, 1) from a seed (mulberry32). */
const drawing = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A rate from a beta distribution with whole parameters: an order statistic of uniform draws. */
const betaDraw = (draw: () => number, worked: number, failed: number): number =>
  Array.from({ length: worked + failed - 1 }, draw).toSorted((one, other) => one - other)[worked - 1] ??
  draw()

describe('intervals', () => {
  it('L4 hold the true rate in 94-96 % of all cases, for every n from 1 to 50 and p drawn evenly; the worst is published', () => {
    let worst = { coverage: 1, tried: 0, p: 0 }
    const means: number[] = []
    for (let tried = 1; tried <= most; tried += 1) {
      let sum = 0
      for (let at = 0; at < grid; at += 1) {
        const p = (at + 0.5) / grid
        const held = coverage(tried, p)
        sum += held
        if (held < worst.coverage) worst = { coverage: held, tried, p }
      }
      means.push(sum / grid)
    }
    const mean = means.reduce((sum, each) => sum + each, 0) / means.length
    expect(mean).toBeGreaterThan(0.94)
    expect(mean).toBeLessThan(0.96)
    expect(Math.min(...means)).toBeGreaterThan(0.94)
    expect(Math.max(...means)).toBeLessThan(0.96)
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
    const text = readFileSync(new URL('../../../docs/learning.md', import.meta.url), 'utf8')
    expect(text).toContain(`${percent(mean)} on average`)
    expect(text).toContain(`${percent(worst.coverage)} (${worst.tried} try, true rate ${percent(worst.p)})`)
  })
})

describe('what proposals state', () => {
  it('L4 comes true as often as it says where rates are as the prior says: the mean error of 200,000 is below 1 %', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom({ worked: 6, failed: 3 }, { worked: 18, failed: 1 }, { worked: 2, failed: 2 }),
        (seed, prior) => {
          const draw = drawing(seed)
          const sums = new Map<number, TenthSum>()
          for (let run = 0; run < 200_000; run += 1) {
            const p = betaDraw(draw, prior.worked, prior.failed)
            const tried = 1 + Math.floor(draw() * most)
            let worked = 0
            for (let at = 0; at < tried; at += 1) if (draw() < p) worked += 1
            const stated = posteriorMean(prior, { worked, tried })
            const tenth = Math.min(9, Math.floor(stated * 10))
            const before = sums.get(tenth) ?? { tenth, outcomes: 0, worked: 0, statedSum: 0 }
            sums.set(tenth, {
              tenth,
              outcomes: before.outcomes + 1,
              worked: before.worked + (draw() < p ? 1 : 0),
              statedSum: before.statedSum + stated,
            })
          }
          expect(calibrationOf([...sums.values()]).error).toBeLessThan(0.01)
        },
      ),
      { numRuns: 3 },
    )
  })

  it('L4 a bot that boasts is told so: what it states lies outside of what came true', () => {
    const { tenths, error } = calibrationOf([{ tenth: 9, outcomes: 40, worked: 20, statedSum: 38 }])
    expect(tenths).toMatchObject([{ stated: 0.95, observed: 0.5, honest: false }])
    expect(error).toBeCloseTo(0.45)
  })
})
