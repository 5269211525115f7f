import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Impact, impacts } from '../../../src/domain/action.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { nothingKnown, type PolicyFacts } from '../../../src/domain/policy/facts.ts'
import { type RiskFacts, riskOf, riskTable, type TrustFacts } from '../../../src/domain/policy/trust.ts'
import { trustCore } from '../../../src/domain/policy/trust-core.ts'

const record = (over: Partial<TrustFacts> = {}): TrustFacts => ({
  worked: 0,
  tried: 0,
  lastEnded: null,
  rubberStamps: 0,
  review: 0.4,
  deny: 0.7,
  ...over,
})

const facts = (over: Partial<PolicyFacts> = {}): PolicyFacts => ({
  ...nothingKnown,
  moment: 'propose',
  now: Temporal.Instant.from('2026-06-01T10:00:00Z'),
  mode: 'auto',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'UTC',
  playbook: 'restart',
  impact: 'medium',
  targets: ['checkout'],
  dependents: 0,
  irreversible: false,
  confidence: 0.8,
  approverRoles: ['approver'],
  trust: record(),
  ...over,
})

const proven = record({ worked: 20, tried: 20, lastEnded: 'worked' })
const failing = record({ worked: 0, tried: 6, lastEnded: 'failed' })
const grave = { impact: 'critical', irreversible: true, confidence: 0.4 } as const

/** The risk, and what the rule says: every row of the table once at its least and once at its worst. */
const golden: readonly [string, Partial<PolicyFacts>, number, string][] = [
  ['low, undoable, sure, proven', { impact: 'low', confidence: 1, trust: proven }, 0.07, 'allow'],
  ['medium, undoable, never tried', {}, 0.27, 'allow'],
  ['medium, cannot be undone, proven', { irreversible: true, trust: proven }, 0.32, 'allow'],
  ['medium, cannot be undone, never tried', { irreversible: true }, 0.42, 'review'],
  ['two of two worked', { trust: record({ worked: 2, tried: 2 }), irreversible: true }, 0.38, 'allow'],
  ['the last one failed', { trust: failing, irreversible: true }, 0.47, 'review'],
  ['each dependent', { dependents: 2 }, 0.31, 'allow'],
  ['many dependents', { dependents: 900 }, 0.37, 'allow'],
  ['unknown dependents', { dependents: null }, 0.37, 'allow'],
  ['no confidence', { confidence: 0 }, 0.39, 'allow'],
  ['a confidence that is no number', { confidence: Number.NaN }, 0.39, 'allow'],
  ['rubber stamps', { trust: record({ rubberStamps: 2 }) }, 0.29, 'allow'],
  ['rubber stamps without end', { trust: record({ rubberStamps: 99 }) }, 0.3, 'allow'],
  ['high, cannot be undone, never tried', { impact: 'high', irreversible: true }, 0.56, 'review'],
  ['high and all against it', { ...grave, impact: 'high', dependents: null, trust: failing }, 0.77, 'human'],
  ['critical, undoable, proven', { impact: 'critical', trust: proven }, 0.45, 'review'],
  ['critical, cannot be undone, never tried', grave, 0.76, 'human'],
  ['an impact nobody knows is critical', { ...grave, impact: 'odd' as Impact }, 0.76, 'human'],
  [
    'everything at its worst',
    { ...grave, confidence: 0, dependents: null, trust: { ...failing, rubberStamps: 3 } },
    1,
    'human',
  ],
  ['a record that makes no sense is none', { trust: record({ worked: 9, tried: 3 }) }, 0.27, 'allow'],
]

const said = (given: PolicyFacts): string => {
  const { outcome, needsRequester, quorum } = trustCore(given)
  if (outcome === 'allow') return 'allow'
  if (outcome === 'deny') return 'deny'
  return needsRequester === true && quorum === 2 ? 'human' : 'review'
}

describe('the trust core', () => {
  it.each(golden)('G6 %s', (_name, over, risk, says) => {
    const given = facts(over)
    expect([riskOf(given).risk, said(given)]).toEqual([risk, says])
  })

  it('G6 everything at its worst is 1, so that each row says its share of the whole', () => {
    const { impact, undo, confidence, dependents, history, lastFailed, rubberStamps } = riskTable
    expect(
      impact.points.critical +
        undo.points +
        confidence.most +
        dependents.most +
        history.most +
        lastFailed.points +
        rubberStamps.most,
    ).toBe(100)
  })

  it('G6 the reason names each part with its figure, the sum and the threshold', () => {
    const given = facts({ ...grave, dependents: 1, trust: failing })
    expect(trustCore(given).reason).toMatchObject({
      code: 'trust_core',
      detail:
        'The risk of restart on checkout is 0.40 impact critical + 0.15 cannot be undone + 0.09 confidence 0.40 + 0.02 1 service depends on it + 0.12 0 of 6 worked + 0.05 the last one failed = 0.83, above 0.70. Suture requests nothing that risky by itself.',
      facts: { risk: 0.83, threshold: 0.7, impact: 0.4, undo: 0.15, dependents: 0.02 },
    })
  })

  it('G6 the parts that are told add up to the sum that is told', () => {
    fc.assert(
      fc.property(anyRisk, (given) => {
        const { risk, parts } = riskOf(given)
        expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(Math.round(risk * 100))
        expect(risk).toBeGreaterThan(0)
        expect(risk).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('G6 exactly at a threshold is not above it, and a threshold that is no number is passed by nothing', () => {
    const risk = riskOf(facts()).risk
    expect(said(facts({ trust: record({ review: risk }) }))).toBe('allow')
    expect(said(facts({ trust: record({ review: risk - 0.01 }) }))).toBe('review')
    expect(said(facts({ trust: record({ deny: Number.NaN }) }))).toBe('human')
    expect(said(facts({ trust: record({ review: Number.NaN }) }))).toBe('review')
  })

  it('G6 above the upper threshold a person may ask, and two must approve', () => {
    const verdict = evaluatePolicy(facts({ ...grave, moment: 'request', requesterId: 'person_ada' }))
    expect([verdict.outcome, verdict.needsRequester, verdict.quorum]).toEqual(['require_approval', false, 2])
  })

  it.each(['request', 'decide', 'run'] as const)(
    'G6 what Suture asked for before the risk rose is refused at %s, and a responder asks anew',
    (moment) => {
      const { outcome, reason } = trustCore(facts({ ...grave, moment }))
      expect(outcome).toBe('deny')
      expect(reason?.remedy).toContain('a responder presses Request')
    },
  )

  it('G10 behind a broken glass what Suture asked for before may be approved all the same', () => {
    const active = { id: 'bg-1', by: 'person_dan', until: Temporal.Instant.from('2026-06-01T10:30:00Z') }
    expect(
      trustCore(facts({ ...grave, moment: 'decide', breakGlass: { active, unreviewed: null } })).outcome,
    ).toBe('require_approval')
  })

  it('G6 more of anything bad never lowers the risk', () => {
    fc.assert(
      fc.property(anyRisk, fc.array(worsening, { minLength: 1, maxLength: 6 }), (given, steps) => {
        let before = given
        for (const worse of steps) {
          const after = worse(before)
          expect(riskOf(after).risk).toBeGreaterThanOrEqual(riskOf(before).risk)
          before = after
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('G6 a success never raises the risk', () => {
    fc.assert(
      fc.property(anyRisk, (given) => {
        const { worked, tried } = given.trust
        const after = { ...given, trust: { ...given.trust, worked: worked + 1, tried: tried + 1 } }
        expect(riskOf(after).risk).toBeLessThanOrEqual(riskOf(given).risk)
      }),
      { numRuns: 2_000 },
    )
  })
})

const anyRisk: fc.Arbitrary<RiskFacts> = fc.record({
  impact: fc.constantFrom(...impacts),
  irreversible: fc.boolean(),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  dependents: fc.option(fc.nat(12)),
  trust: fc.nat(40).chain((tried) =>
    fc.record({
      tried: fc.constant(tried),
      worked: fc.nat(tried),
      lastEnded: fc.constantFrom('worked' as const, 'failed' as const, null),
      rubberStamps: fc.nat(6),
    }),
  ),
})

const worsening: fc.Arbitrary<(from: RiskFacts) => RiskFacts> = fc.oneof(
  fc.constantFrom(...impacts).map((impact) => (from: RiskFacts) => ({
    ...from,
    impact: impacts.indexOf(impact) > impacts.indexOf(from.impact) ? impact : from.impact,
  })),
  fc.constant((from: RiskFacts) => ({ ...from, irreversible: true })),
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((share) => (from: RiskFacts) => ({ ...from, confidence: from.confidence * share })),
  fc.constant((from: RiskFacts) => ({ ...from, dependents: null })),
  fc.nat(5).map((more) => (from: RiskFacts) => ({
    ...from,
    dependents: from.dependents === null ? null : from.dependents + more,
  })),
  fc.nat(5).map((failures) => (from: RiskFacts) => ({
    ...from,
    trust: { ...from.trust, tried: from.trust.tried + failures },
  })),
  fc.constant((from: RiskFacts) => ({ ...from, trust: { ...from.trust, lastEnded: 'failed' as const } })),
  fc.nat(5).map((more) => (from: RiskFacts) => ({
    ...from,
    trust: { ...from.trust, rubberStamps: from.trust.rubberStamps + more },
  })),
)
