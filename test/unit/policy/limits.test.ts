import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duplicate, type StandingRequest } from '../../../src/domain/policy/duplicate.ts'
import { type PolicyFacts, policyMoments } from '../../../src/domain/policy/facts.ts'
import { backOffWaits, noLimits, proposalLimit } from '../../../src/domain/policy/proposal-limit.ts'
import { facts } from './calendar-support.ts'

const now = Temporal.Instant.from('2026-06-01T03:00:00Z')
const after = (minutes: number) => now.add({ minutes })
const factsOf = (given: Partial<PolicyFacts>): PolicyFacts =>
  facts({ now, service: 'checkout', moment: 'propose', requesterId: null, ...given })

const first: StandingRequest = {
  requestId: 'req-7',
  runId: 'run-7',
  incidentId: 'inc-3',
  runStatus: 'pending_approval',
  diagnosisCode: 'service_down',
  at: after(-4),
  until: after(6),
}

describe('duplicates', () => {
  it('G5 a second request is refused and names the first, when it was, what became of it and until when', () => {
    const { outcome, reason } = duplicate(
      factsOf({ moment: 'request', duplicate: first, requesterId: 'ada' }),
    )
    expect(outcome).toBe('deny')
    expect(reason).toMatchObject({
      code: 'duplicate_request',
      detail: 'req-7 asked for the same 4 min ago: checkout, service down. It waits for approval.',
      remedy: 'Follow run-7 in inc-3, or end it before it begins: then the same may be requested at once.',
      earliest: '2026-06-01T03:06:00Z',
      facts: { first: 'req-7', run: 'run-7', incident: 'inc-3', status: 'pending_approval' },
    })
  })

  it('G5 of a first that is over the refusal says how it ended', () => {
    const { reason } = duplicate(
      factsOf({ moment: 'request', duplicate: { ...first, runStatus: 'rolled_back', at: now } }),
    )
    expect(reason?.detail).toBe(
      'req-7 asked for the same just now: checkout, service down. run-7 ended: rolled back.',
    )
    expect(reason?.remedy).toContain('See in inc-3 what it did.')
  })

  it('G5 what Suture would have requested is shown and not requested, with the reason', () => {
    expect(duplicate(factsOf({ duplicate: first }))).toMatchObject({
      outcome: 'require_approval',
      needsRequester: true,
      reason: { code: 'duplicate_request' },
    })
  })

  it('G5 what was asked for is not a duplicate of itself when it is decided or run', () => {
    for (const moment of policyMoments.filter((each) => each === 'decide' || each === 'run'))
      expect(duplicate(factsOf({ moment, duplicate: first }))).toEqual({ outcome: 'allow' })
    expect(duplicate(factsOf({ moment: 'request', duplicate: null }))).toEqual({ outcome: 'allow' })
  })
})

describe('proposal limits', () => {
  const limits = { ...noLimits, mostPerHour: 3, nextAt: after(20) }
  const backOff = { diagnosisCode: 'service_down', failures: 2, until: after(10) }

  it('D5 the fourth proposal within an hour is refused until the first of them is an hour old', () => {
    expect(proposalLimit(factsOf({ limits: { ...limits, inLastHour: 2 } }))).toEqual({ outcome: 'allow' })
    expect(proposalLimit(factsOf({ limits: { ...limits, inLastHour: 3 } }))).toMatchObject({
      outcome: 'deny',
      reason: {
        code: 'proposal_limit',
        detail: 'Suture has proposed 3 times for checkout within an hour, of at most 3.',
        earliest: '2026-06-01T03:20:00Z',
      },
    })
  })

  it('D5 a limit of none has no end, and says who can lift it', () => {
    const { reason } = proposalLimit(
      factsOf({ limits: { ...limits, mostPerHour: 0, inLastHour: 0, nextAt: null, backOff } }),
    )
    expect(reason).not.toHaveProperty('earliest')
    expect(reason?.remedy).toContain('an admin raises limits.proposalsPerHour')
  })

  it('D5 after failures Suture waits, and of two limits the one that holds longer is told', () => {
    expect(proposalLimit(factsOf({ limits: { ...noLimits, backOff } }))).toMatchObject({
      outcome: 'deny',
      reason: {
        detail:
          '2 runs in a row did not heal checkout (service down), so Suture waits before it proposes again.',
        earliest: '2026-06-01T03:10:00Z',
      },
    })
    const both = proposalLimit(factsOf({ limits: { ...limits, inLastHour: 3, backOff } }))
    expect(both.reason?.earliest).toBe('2026-06-01T03:20:00Z')
    const over = { ...backOff, until: now }
    expect(proposalLimit(factsOf({ limits: { ...noLimits, backOff: over } }))).toEqual({ outcome: 'allow' })
  })

  it('D5 a count that is no number lets nothing pass', () => {
    expect(proposalLimit(factsOf({ limits: { ...limits, inLastHour: Number.NaN } })).outcome).toBe('deny')
  })

  it('D5 people are not bound by it, and neither is what was proposed already', () => {
    const full = { ...limits, inLastHour: 9, backOff }
    for (const moment of policyMoments)
      expect(proposalLimit(factsOf({ moment, requesterId: 'ada', limits: full }))).toEqual({
        outcome: 'allow',
      })
    for (const moment of ['request', 'decide', 'run'] as const)
      expect(proposalLimit(factsOf({ moment, limits: full }))).toEqual({ outcome: 'allow' })
  })

  it('D5 the wait doubles with every failure up to its most, give or take the jitter', () => {
    const minutes = (random: number) =>
      backOffWaits({ first: 300_000, most: 7_200_000, jitter: 0.2 }, random).map((ms) => ms / 60_000)
    expect(minutes(0.5).slice(0, 7)).toEqual([5, 10, 20, 40, 80, 120, 120])
    expect(minutes(0).slice(0, 7)).toEqual([4, 8, 16, 32, 64, 96, 96])
    expect(minutes(0.999_999_999).slice(0, 7)).toEqual([6, 12, 24, 48, 96, 120, 120])
    fc.assert(
      fc.property(
        fc.record({
          first: fc.integer({ min: 0, max: 86_400_000 }),
          most: fc.integer({ min: 0, max: 604_800_000 }),
          jitter: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, random) => {
          const waits = backOffWaits(given, random)
          expect(waits.every((ms, at) => ms >= (waits[at - 1] ?? 0) && ms <= given.most)).toBe(true)
        },
      ),
    )
  })
})
