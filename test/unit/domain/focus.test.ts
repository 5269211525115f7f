import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distressOf, guardrailsAt, type OpenIncident, recommend } from '../../../src/domain/learning/focus.ts'
import { distress } from '../../../src/domain/policy/distress.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { nothingKnown, type PolicyFacts } from '../../../src/domain/policy/facts.ts'

const now = Temporal.Instant.from('2026-11-23T03:00:00Z')
const incident = (
  id: string,
  severity: OpenIncident['severity'],
  service: string | null = 'checkout',
  minutesAgo = 5,
): OpenIncident => ({
  id,
  severity,
  service,
  title: 'It hangs',
  openedAt: now.subtract({ minutes: minutesAgo }),
})

describe('distress', () => {
  it.each([
    ['nothing is open', [], 0, 'may_loosen'],
    ['one critical service with one incident is 50', [incident('inc-1', 'critical')], 50, 'as_set'],
    ['one degraded service with one incident is 30', [incident('inc-1', 'high')], 30, 'as_set'],
    ['a low one is an open incident alone', [incident('inc-1', 'low')], 20, 'as_set'],
    ['what has no service is an open incident alone', [incident('inc-1', 'critical', null)], 20, 'as_set'],
    [
      'a service is counted once, as what is worst of it',
      [incident('inc-1', 'critical'), incident('inc-2', 'high')],
      70,
      'tightened',
    ],
    [
      'it ends at 100',
      ['a', 'b', 'c'].map((name) => incident(`inc-${name}`, 'critical', name)),
      100,
      'tightened',
    ],
  ] as const)('L3 %s', (_, incidents, score, guardrails) => {
    expect(distressOf(['checkout', 'search'], incidents)).toMatchObject({ score, guardrails })
  })

  it.each([
    [61, 'tightened'],
    [60, 'as_set'],
    [10, 'as_set'],
    [9, 'may_loosen'],
  ] as const)('L3 at %i the guardrails are %s', (score, guardrails) => {
    expect(guardrailsAt(score)).toBe(guardrails)
  })

  it('L3 what to look at first is the worst, then the oldest; then runs nobody knows the end of, then who is waited for', () => {
    const incidents = [
      incident('inc-1', 'high', 'search', 90),
      incident('inc-2', 'critical', 'checkout', 2),
      incident('inc-3', 'critical', 'payments', 30),
      incident('inc-4', 'low', 'web', 600),
    ]
    const subjects = recommend(distressOf([], incidents), incidents, {
      approvals: 2,
      unknownRuns: ['run-7'],
    }).map(({ subject }) => subject)
    expect(subjects).toEqual(['inc-3', 'inc-2', 'inc-1', 'run-7', 'approvals', 'guardrails'])
  })
})

const auto: PolicyFacts = {
  ...nothingKnown,
  moment: 'propose',
  now,
  mode: 'auto',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'UTC',
  playbook: 'restart-service',
  impact: 'low',
  targets: ['checkout'],
  dependents: 0,
  irreversible: false,
  confidence: 0.9,
  approverRoles: ['approver'],
}
const measured = (score: number, minutesAgo = 0) => ({ score, at: now.subtract({ minutes: minutesAgo }) })

describe('guardrails in policy', () => {
  it('L3 a tightened guardrail changes a verdict: what would run by itself waits for a person', () => {
    expect(evaluatePolicy({ ...auto, distress: measured(60) }).outcome).toBe('allow')
    const tightened = evaluatePolicy({ ...auto, distress: measured(61) })
    expect(tightened.outcome).toBe('require_approval')
    expect(tightened.reasons[0]).toMatchObject({ code: 'mode', facts: { distress: 61 } })
  })

  it('L3 what was measured too long ago is not known, and an unknown needs a person', () => {
    expect(evaluatePolicy({ ...auto, distress: measured(0, 10) }).outcome).toBe('allow')
    expect(evaluatePolicy({ ...auto, distress: measured(0, 11) }).outcome).toBe('require_approval')
    // Measured by a clock that ran ahead, and was set back since.
    expect(evaluatePolicy({ ...auto, distress: measured(0, -11) }).outcome).toBe('require_approval')
  })

  it('L3 low distress loosens nothing, whatever the mode', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom('observe', 'propose', 'approve', 'auto'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (score, mode, confidence) => {
          const order = ['allow', 'require_approval', 'deny']
          const facts = { ...auto, mode, confidence } as const
          const before = evaluatePolicy(facts)
          const after = evaluatePolicy({ ...facts, distress: measured(score) })
          expect(order.indexOf(after.outcome)).toBeGreaterThanOrEqual(order.indexOf(before.outcome))
          expect(after.quorum).toBe(before.quorum)
        },
      ),
    )
    expect(distress({ ...auto, distress: measured(3) })).toEqual({ outcome: 'allow' })
  })
})
