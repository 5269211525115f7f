import { describe, expect, it } from 'vitest'
import { impacts } from '../../../src/domain/action.ts'
import type { FreezeInForce } from '../../../src/domain/policy/calendar.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { policyMoments } from '../../../src/domain/policy/facts.ts'
import { freeze } from '../../../src/domain/policy/freeze.ts'
import { policyReasonCodes } from '../../../src/domain/rejection.ts'
import { at, calendar, facts } from './calendar-support.ts'

const frozen = (from: string, to: string, given: Partial<FreezeInForce> = {}): FreezeInForce => ({
  id: 'frz-1',
  from: at(from, 'UTC'),
  to: at(to, 'UTC'),
  reason: 'the autumn fair',
  by: 'Ada',
  ...given,
})
const fair = frozen('2026-06-03T10:00', '2026-06-03T12:00')
const seenAt = (local: string, freezes: readonly FreezeInForce[], expectedMs = 0) =>
  facts({ now: at(local, 'UTC'), calendar: calendar({ freezes, expectedMs }) })

describe('a freeze', () => {
  it.each([
    ['2026-06-03T09:59', 'allow'],
    ['2026-06-03T10:00', 'deny'],
    ['2026-06-03T11:59', 'deny'],
    ['2026-06-03T12:00', 'allow'],
  ])('G2 from 10:00 to 12:00 says at %s %s', (local, outcome) => {
    expect(freeze(seenAt(local, [fair])).outcome).toBe(outcome)
  })

  it('G2 holds for every impact, at every moment, in every mode, and no override passes it', () => {
    for (const impact of impacts)
      for (const moment of policyMoments)
        for (const mode of ['auto', 'approve', 'propose'] as const)
          for (const requesterId of [null, 'person_ada']) {
            const verdict = evaluatePolicy({
              ...seenAt('2026-06-03T11:00', [fair]),
              impact,
              moment,
              mode,
              requesterId,
              overrides: policyReasonCodes,
            })
            expect(verdict.outcome).toBe('deny')
            expect(verdict.reasons[0]).toMatchObject({ code: 'freeze' })
            expect(verdict.reasons[0]?.overridable).toBeUndefined()
          }
  })

  it('G2 the refusal tells who set it, why, until when, and how it is lifted', () => {
    expect(freeze(seenAt('2026-06-03T11:00', [fair])).reason).toEqual({
      rejected: true,
      code: 'freeze',
      detail: 'checkout is frozen until Wed 2026-06-03 12:00 UTC: the autumn fair (frz-1, set by Ada).',
      remedy:
        'Request it again from Wed 2026-06-03 12:00 UTC on. Before that, somebody with the role admin or override lifts it: /heal unfreeze frz-1.',
      earliest: '2026-06-03T12:00:00Z',
      facts: {
        freeze: 'frz-1',
        until: '2026-06-03T12:00:00Z',
        by: 'Ada',
        localTime: 'Wed 2026-06-03 11:00 UTC',
      },
    })
  })

  it('G2 of several, the earliest time is after the last that overlaps, and then the next window', () => {
    const chain = [
      fair,
      frozen('2026-06-03T11:30', '2026-06-04T20:00', { id: 'frz-2', by: null }),
      frozen('2026-06-05T08:00', '2026-06-05T10:00', { id: 'frz-3' }),
    ]
    const { reason } = freeze(seenAt('2026-06-03T11:45', chain))
    expect(reason?.earliest).toBe('2026-06-05T10:00:00Z')
    expect(reason?.facts?.['freeze']).toBe('frz-2, frz-1')
    expect(reason?.detail).toContain('frz-2, set by the policy')
    expect(reason?.remedy).toContain('an admin takes the freeze out of the policy')
    const low = freeze({ ...seenAt('2026-06-03T11:45', chain), impact: 'low' })
    expect(low.reason?.earliest).toBe('2026-06-04T20:00:00Z')
  })

  it('G2 one that lies ahead is told to a run that would still be under way, and to no other', () => {
    const ahead = [fair, frozen('2026-06-03T09:50', '2026-06-03T09:55', { id: 'frz-9' })]
    expect(freeze(seenAt('2026-06-03T09:45', ahead, 4 * 60_000))).toEqual({ outcome: 'allow' })
    const told = freeze(seenAt('2026-06-03T09:45', ahead, 20 * 60_000))
    expect(told.outcome).toBe('allow')
    expect(told.reason).toMatchObject({
      code: 'freeze',
      detail:
        'A freeze begins Wed 2026-06-03 09:50 UTC, and restart-service usually takes longer than that: the autumn fair (frz-9, set by Ada).',
    })
  })
})
