import fc from 'fast-check'
import { expect, it } from 'vitest'
import { restAfter } from '../../src/app/delivery/back-off.ts'
import { ownChannelOf } from '../../src/domain/own-channel.ts'

const failed = { retryable: true, retryAfterMs: null }
const steps = (retryable: boolean) =>
  Array.from(
    { length: 12 },
    (_, n) => restAfter({ ...failed, retryable }, { lane: 0, card: n }, 1_000, 0).cardMs,
  )

it('C5 what may heal is tried again after 1 s, doubling to a minute; what people must mend after 30 s, doubling to 10 min', () => {
  expect(steps(true).slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(steps(false).slice(0, 7)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
})

it('C5 a platform that says how long to wait is left alone for exactly so long, and the card keeps its place', () => {
  expect(restAfter({ retryable: true, retryAfterMs: 7_000 }, { lane: 9, card: 9 }, 1_000, 0.9)).toEqual({
    laneMs: 7_000,
    cardMs: null,
  })
  expect(restAfter({ retryable: true, retryAfterMs: 10 }, { lane: 0, card: 0 }, 1_000, 0)).toEqual({
    laneMs: 1_000,
    cardMs: null,
  })
})

it('C5 randomness takes up to a quarter off, and never the distance between two calls', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.nat(200),
      fc.nat(200),
      fc.nat(5_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (retryable, lane, card, gapMs, random) => {
        const most = restAfter({ ...failed, retryable }, { lane, card }, gapMs, 0)
        const rest = restAfter({ ...failed, retryable }, { lane, card }, gapMs, random)
        expect(rest.laneMs).toBeGreaterThanOrEqual(Math.max(gapMs, Math.floor(most.laneMs * 0.75)))
        expect(rest.laneMs).toBeLessThanOrEqual(most.laneMs)
        expect(rest.cardMs ?? 0).toBeGreaterThanOrEqual(Math.floor((most.cardMs ?? 0) * 0.75))
        expect(most.cardMs).toBeLessThanOrEqual(600_000)
      },
    ),
  )
})

it('C4 a channel of its own is named after incident and service, as both platforms allow it', () => {
  expect(ownChannelOf('inc-42', 'checkout')).toBe('inc-42-checkout')
  expect(ownChannelOf('inc-42', 'Checkout API (EU)')).toBe('inc-42-checkout-api-eu')
  expect(ownChannelOf('inc-42', null)).toBe('inc-42')
  expect(ownChannelOf('inc-42', '日本')).toBe('inc-42')
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'grapheme', maxLength: 200 }), (n, service) => {
      expect(ownChannelOf(`inc-${n}`, service)).toMatch(/^inc-\d+(-[a-z0-9]+)*$/)
      expect(ownChannelOf(`inc-${n}`, service).length).toBeLessThanOrEqual(80)
    }),
  )
})
