import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Impact, impactRank, impacts } from '../../../src/domain/action.ts'
import { incidentStatuses } from '../../../src/domain/incident.ts'
import { roles } from '../../../src/domain/person.ts'
import { evaluatePolicy, foldRulings, isStricter, policyRules } from '../../../src/domain/policy/evaluate.ts'
import { type Mode, nothingKnown, type PolicyFacts, policyMoments } from '../../../src/domain/policy/facts.ts'
import { denialOf, type Ruling, type Verdict, verdictOutcomes } from '../../../src/domain/policy/verdict.ts'
import { reject } from '../../../src/domain/rejection.ts'

const facts = (over: Partial<PolicyFacts> = {}): PolicyFacts => ({
  ...nothingKnown,
  moment: 'propose',
  now: Temporal.Instant.from('2026-06-01T10:00:00Z'),
  mode: 'auto',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'UTC',
  playbook: 'restart-service',
  impact: 'medium',
  targets: ['checkout'],
  dependents: 1,
  irreversible: true,
  confidence: 0.8,
  approverRoles: ['approver'],
  ...over,
})

const short = (verdict: Verdict): string =>
  [
    verdict.outcome,
    ...verdict.reasons.map((reason) => reason.code),
    verdict.needsRequester ? 'requester' : '',
  ]
    .filter((word) => word !== '')
    .join(' ')

const golden: readonly [string, Partial<PolicyFacts>, string][] = [
  ['G9 auto runs what is of medium impact, sure and known', {}, 'allow'],
  ['G9 auto runs at exactly 0.7', { confidence: 0.7 }, 'allow'],
  ['G9 auto asks below 0.7', { confidence: 0.699 }, 'require_approval mode'],
  ['G9 auto asks when the confidence is not a number', { confidence: Number.NaN }, 'require_approval mode'],
  ['G9 auto asks when the confidence makes no sense', { confidence: 1.1 }, 'require_approval mode'],
  ['G9 auto asks for high impact', { impact: 'high' }, 'require_approval mode'],
  ['G9 approve asks one person', { mode: 'approve' }, 'require_approval mode'],
  ['G9 propose asks a requester and an approver', { mode: 'propose' }, 'require_approval mode requester'],
  ['G9 observe denies', { mode: 'observe' }, 'deny mode requester'],
  ['G9 a mode nobody knows denies', { mode: 'yolo' as Mode }, 'deny mode requester'],
  ['G9 a mode named like a built-in denies', { mode: 'constructor' as Mode }, 'deny mode requester'],
  ['G9 the emergency stop denies', { emergencyStop: true }, 'deny emergency_stop'],
  [
    'G9 an emergency stop that is not known to be off denies',
    { emergencyStop: undefined as unknown as boolean },
    'deny emergency_stop',
  ],
  ['G7 two dependents are still automatic', { dependents: 2 }, 'allow'],
  ['G7 three dependents go to a human', { dependents: 3 }, 'require_approval blast_radius'],
  ['G7 an unknown blast radius goes to a human', { dependents: null }, 'require_approval blast_radius'],
  [
    'G7 a blast radius that is no count goes to a human',
    { dependents: Number.NaN },
    'require_approval blast_radius',
  ],
  ['G8 critical impact takes two people', { impact: 'critical' }, 'require_approval mode quorum'],
  ['G8 an empty approver list denies', { approverRoles: [] }, 'deny quorum'],
  ['G8 an unknown impact denies', { impact: 'odd' as Impact }, 'deny quorum mode'],
  [
    'D4 a resolved incident denies at request',
    { incidentStatus: 'resolved', moment: 'request' },
    'deny precondition',
  ],
  [
    'D4 a resolved incident denies at decide',
    { incidentStatus: 'resolved', moment: 'decide' },
    'deny precondition',
  ],
  [
    'D4 a resolved incident denies at run',
    { incidentStatus: 'resolved', moment: 'run' },
    'deny precondition',
  ],
  [
    'G13 each layer is cited once, the strictest first',
    {
      mode: 'propose',
      emergencyStop: true,
      incidentStatus: 'resolved',
      dependents: null,
      impact: 'critical',
    },
    'deny emergency_stop precondition mode quorum blast_radius requester',
  ],
]

describe('the verdict', () => {
  it.each(golden)('%s', (_name, over, expected) => {
    expect(short(evaluatePolicy(facts(over)))).toBe(expected)
  })

  it.each(impacts)('G8 the quorum for %s impact is one person, for critical two', (impact) => {
    expect(evaluatePolicy(facts({ mode: 'approve', impact })).quorum).toBe(impact === 'critical' ? 2 : 1)
  })

  it('every refusal says what was seen and what to do, in sentences', () => {
    for (const [, over] of golden)
      for (const reason of evaluatePolicy(facts(over)).reasons) {
        expect(reason.detail).toMatch(/^[A-Z0-9].*\.$/)
        expect(reason.remedy).toMatch(/^[A-Z0-9].*\.$/)
        expect(Object.keys(reason.facts ?? {}).length).toBeGreaterThan(0)
      }
  })

  it('a permit is refused only under a stricter verdict', () => {
    const loose = evaluatePolicy(facts())
    const asked = evaluatePolicy(facts({ mode: 'approve' }))
    const stopped = evaluatePolicy(facts({ mode: 'approve', emergencyStop: true }))
    expect([
      isStricter(asked, asked),
      isStricter(asked, loose),
      isStricter(loose, asked),
      isStricter(stopped, asked),
    ]).toEqual([false, true, false, true])
  })
})

const anyFacts = fc.record({
  moment: fc.constantFrom(...policyMoments),
  mode: fc.constantFrom<Mode>('observe', 'propose', 'approve', 'auto'),
  emergencyStop: fc.boolean(),
  incidentStatus: fc.constantFrom(...incidentStatuses),
  impact: fc.constantFrom(...impacts),
  dependents: fc.option(fc.integer({ min: 0, max: 6 })),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  approverRoles: fc.subarray([...roles]),
})

const looser: readonly Mode[] = ['auto', 'approve', 'propose', 'observe']
const restriction: fc.Arbitrary<(from: PolicyFacts) => PolicyFacts> = fc.oneof(
  fc.constant((from: PolicyFacts) => ({ ...from, emergencyStop: true })),
  fc.constant((from: PolicyFacts) => ({ ...from, incidentStatus: 'resolved' as const })),
  fc.constant((from: PolicyFacts) => ({ ...from, dependents: null })),
  fc.nat(5).map((more) => (from: PolicyFacts) => ({
    ...from,
    dependents: from.dependents === null ? null : from.dependents + more,
  })),
  fc.constantFrom(...looser).map((to) => (from: PolicyFacts) => ({
    ...from,
    mode: looser.indexOf(to) > looser.indexOf(from.mode) ? to : from.mode,
  })),
  fc.constantFrom(...impacts).map((to) => (from: PolicyFacts) => ({
    ...from,
    impact: impactRank(to) > impactRank(from.impact) ? to : from.impact,
  })),
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((by) => (from: PolicyFacts) => ({ ...from, confidence: from.confidence * by })),
  fc.subarray([...roles]).map((kept) => (from: PolicyFacts) => ({
    ...from,
    approverRoles: from.approverRoles.filter((role) => kept.includes(role)),
  })),
)

const notLooser = (after: Verdict, before: Verdict): void => {
  expect(verdictOutcomes.indexOf(after.outcome)).toBeGreaterThanOrEqual(
    verdictOutcomes.indexOf(before.outcome),
  )
  expect(after.quorum).toBeGreaterThanOrEqual(before.quorum)
  expect(before.approverRoles).toEqual(expect.arrayContaining([...after.approverRoles]))
  expect(before.needsRequester && !after.needsRequester).toBe(false)
}

describe('the verdict, always', () => {
  it('G9 adding a restriction never loosens the verdict', () => {
    fc.assert(
      fc.property(anyFacts, restriction, (over, restrict) => {
        const from = facts(over)
        notLooser(evaluatePolicy(restrict(from)), evaluatePolicy(from))
      }),
      { numRuns: 1_000 },
    )
  })

  it('G9 one more ruling never loosens the verdict', () => {
    const ruling: fc.Arbitrary<Ruling> = fc.record(
      {
        outcome: fc.constantFrom(...verdictOutcomes),
        needsRequester: fc.boolean(),
        quorum: fc.integer({ min: 1, max: 3 }),
        approverRoles: fc.subarray([...roles]),
      },
      { requiredKeys: ['outcome'] },
    )
    fc.assert(
      fc.property(fc.array(ruling, { maxLength: 4 }), ruling, (rulings, more) => {
        notLooser(foldRulings(roles, [...rulings, more]), foldRulings(roles, rulings))
      }),
    )
  })

  it('G8 an empty approver list refuses, whatever else is true', () => {
    fc.assert(
      fc.property(anyFacts, (over) => {
        const verdict = evaluatePolicy(facts({ ...over, approverRoles: [] }))
        expect(verdict.outcome).toBe('deny')
        expect(verdict.reasons.map((reason) => reason.code)).toContain('quorum')
      }),
    )
  })

  it('G13 no layer is cited twice, and whatever is not allowed has a reason', () => {
    fc.assert(
      fc.property(anyFacts, (over) => {
        const verdict = evaluatePolicy(facts(over))
        const codes = verdict.reasons.map((reason) => reason.code)
        expect(new Set(codes).size).toBe(codes.length)
        expect(codes.length > 0).toBe(verdict.outcome !== 'allow')
      }),
    )
  })

  it('G9 only mode auto ever runs without a person, and never with more than two dependents or high impact', () => {
    fc.assert(
      fc.property(anyFacts, (over) => {
        const from = facts(over)
        if (evaluatePolicy(from).outcome !== 'allow') return
        expect(from.mode).toBe('auto')
        expect(['low', 'medium']).toContain(from.impact)
        expect(from.dependents).toBeLessThanOrEqual(2)
        expect(from.confidence).toBeGreaterThanOrEqual(0.7)
      }),
      { numRuns: 1_000 },
    )
  })

  it('every rule gives the same ruling for the same facts', () => {
    fc.assert(
      fc.property(anyFacts, (over) => {
        for (const rule of policyRules) expect(rule(facts(over))).toEqual(rule(facts(over)))
      }),
    )
  })
})

it('G13 what is refused has a reason, whatever the rules said; what is not refused has none', () => {
  const [first, second] = ['Frozen.', 'Too many.'].map((detail) => reject('freeze', detail, ''))
  if (first === undefined || second === undefined) throw new Error('two reasons')
  expect(denialOf({ outcome: 'deny', reasons: [first, second] })).toBe(first)
  expect(denialOf({ outcome: 'deny', reasons: [] })).toMatchObject({ rejected: true, code: 'mode' })
  for (const outcome of ['allow', 'require_approval'] as const)
    expect(denialOf({ outcome, reasons: [first] })).toBeNull()
})
