import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/domain/diagnose.ts'
import type { TriageCode } from '../../../src/domain/diagnosis.ts'
import type { Evidence, Fact } from '../../../src/domain/evidence.ts'
import { metricInWords } from '../../../src/domain/metrics.ts'
import { anAlert, aProbe } from '../support/evidence.ts'

const metrics = (facts: Record<string, Fact>): Evidence => aProbe(facts, { source: 'prometheus' })
const changed = (facts: Record<string, Fact>): Evidence => aProbe(facts, { source: 'recent_changes' })
const aChange = (over: Record<string, Fact> = {}, at = 1): Record<string, Fact> =>
  Object.fromEntries(
    Object.entries({
      service: 'checkout',
      kind: 'deploy',
      title: 'Deploy 2.31',
      minutesBefore: 12,
      own: true,
      ...over,
    }).map(([name, value]) => [`change.${at}.${name}`, value]),
  )

const of = (code: TriageCode, evidence: readonly Evidence[], title = 'Watchdog') => {
  const { hypotheses } = diagnose({ service: 'checkout', alerts: [anAlert({ title })], evidence })
  return (
    hypotheses.find((each) => each.code === code) ?? {
      likelihood: 0,
      evidenceFor: [],
      evidenceAgainst: [],
      hints: {},
    }
  )
}

type Side = 'for' | 'against' | 'nothing'
const table: readonly [string, TriageCode, Record<string, Fact>, Side][] = [
  [
    '12 % of errors, 0.3 % before',
    'elevated_errors',
    { 'errorRate.now': 0.12, 'errorRate.before': 0.003 },
    'for',
  ],
  ['5 % of errors, from nothing', 'elevated_errors', { 'errorRate.now': 0.05, 'errorRate.before': 0 }, 'for'],
  ['12 % of errors, as ever', 'elevated_errors', { 'errorRate.now': 0.12, 'errorRate.before': 0.11 }, 'for'],
  ['2 % of errors, doubled', 'elevated_errors', { 'errorRate.now': 0.02, 'errorRate.before': 0.01 }, 'for'],
  [
    '2 % of errors, as ever',
    'elevated_errors',
    { 'errorRate.now': 0.02, 'errorRate.before': 0.019 },
    'nothing',
  ],
  ['0.9 % of errors', 'elevated_errors', { 'errorRate.now': 0.009, 'errorRate.before': 0 }, 'against'],
  ['no error at all', 'elevated_errors', { 'errorRate.now': 0, 'errorRate.before': 0 }, 'against'],
  ['no data on errors', 'elevated_errors', { 'errorRate.now': null, 'errorRate.before': 0.2 }, 'nothing'],
  ['errors that are no number', 'elevated_errors', { 'errorRate.now': '0.9' }, 'nothing'],
  ['2.4 s, 180 ms before', 'latency_spike', { 'latencyP99.now': 2.4, 'latencyP99.before': 0.18 }, 'for'],
  ['700 ms, 150 ms before', 'latency_spike', { 'latencyP99.now': 0.7, 'latencyP99.before': 0.15 }, 'for'],
  ['700 ms, as ever', 'latency_spike', { 'latencyP99.now': 0.7, 'latencyP99.before': 0.69 }, 'nothing'],
  ['200 ms', 'latency_spike', { 'latencyP99.now': 0.2, 'latencyP99.before': 0.1 }, 'against'],
  ['97 % used, 40 % before', 'saturation', { 'saturation.now': 0.97, 'saturation.before': 0.4 }, 'for'],
  ['85 % used, 70 % before', 'saturation', { 'saturation.now': 0.85, 'saturation.before': 0.7 }, 'for'],
  ['85 % used, as ever', 'saturation', { 'saturation.now': 0.85, 'saturation.before': 0.84 }, 'nothing'],
  ['40 % used', 'saturation', { 'saturation.now': 0.4, 'saturation.before': 0.4 }, 'against'],
]
/** Named for the code, so that there is a hypothesis that evidence may speak against. */
const alertFor: Partial<Record<TriageCode, string>> = {
  elevated_errors: 'HighErrorRate',
  latency_spike: 'HighLatency',
  saturation: 'MemorySaturation',
}

describe('what Prometheus tells triage', () => {
  it.each(table)('D1 D2 %s is evidence on %s', (_, code, facts, side) => {
    const without = of(code, [], alertFor[code])
    const found = of(code, [metrics(facts)], alertFor[code])
    const spoken = [
      found.evidenceFor.length > without.evidenceFor.length ? 'for' : null,
      found.evidenceAgainst.length > without.evidenceAgainst.length ? 'against' : null,
    ].filter((each) => each !== null)
    expect(spoken).toEqual(side === 'nothing' ? [] : [side])
    if (side === 'for') expect(found.likelihood).toBeGreaterThan(without.likelihood)
    if (side === 'against') expect(found.likelihood).toBeLessThan(without.likelihood)
  })

  it('D2 what is new weighs more than what was always so, and says what it was before', () => {
    const fresh = of('elevated_errors', [metrics({ 'errorRate.now': 0.12, 'errorRate.before': 0.003 })])
    const chronic = of('elevated_errors', [metrics({ 'errorRate.now': 0.12, 'errorRate.before': 0.11 })])
    expect(fresh.likelihood).toBeGreaterThan(chronic.likelihood)
    expect(fresh.evidenceFor).toEqual(['12 % of requests fail; before, it was 0.3 %.'])
  })

  it('D2 a Prometheus that did not answer is told and leads nowhere', () => {
    const blind = aProbe({}, { source: 'prometheus', status: 'timed_out', summary: 'no answer within 5 s.' })
    expect(of('general_degradation', [blind]).evidenceFor).toContain(
      'Prometheus gave nothing: no answer within 5 s.',
    )
    expect(of('elevated_errors', [blind]).likelihood).toBe(0)
  })

  it.each([
    ['errorRate', 0.12, '12 %'],
    ['errorRate', 0.003, '0.3 %'],
    ['errorRate', 0, '0 %'],
    ['errorRate', 0.000_01, 'under 0.01 %'],
    ['latencyP99', 2.412, '2.4 s'],
    ['latencyP99', 0.18, '180 ms'],
    ['latencyP99', 0.9999, '1 s'],
    ['requestRate', 1_234.5, '1235 a second'],
  ] as const)('D2 %s %d is told as %s', (signal, value, words) => {
    expect(metricInWords(signal, value)).toBe(words)
  })
})

describe('what recent changes tell triage', () => {
  it.each([
    ['a deploy minutes before', aChange(), 'Deploy of checkout “Deploy 2.31”, 12 min before it began.'],
    [
      'a flag an hour and a half before',
      aChange({ kind: 'flag', title: 'new-pricing on', minutesBefore: 90 }),
      'Flag change of checkout “new-pricing on”, 90 min before it began.',
    ],
    [
      'a deploy of a dependency',
      aChange({ service: 'payments', own: false, minutesBefore: 0.4 }),
      'Deploy of payments “Deploy 2.31”, less than a minute before it began.',
    ],
  ])('D1 D2 %s speaks for a bad change', (_, facts, sentence) => {
    const found = of('bad_deploy', [changed({ changes: 1, recorded: true, ...facts })])
    expect(found.likelihood).toBeGreaterThan(0)
    expect(found.evidenceFor).toEqual([sentence])
  })

  it.each([
    ['more than two hours before', aChange({ minutesBefore: 121 })],
    ['a run of Suture itself', aChange({ kind: 'run', title: 'restart-service: succeeded' })],
    ['something nobody could name', aChange({ kind: 'other' })],
    ['no change', {}],
  ])('D1 D2 where changes are recorded, %s speaks against a bad change', (_, facts: Record<string, Fact>) => {
    const evidence = [changed({ changes: 1, recorded: true, ...facts })]
    const without = of('bad_deploy', [], 'RolloutStuck')
    const found = of('bad_deploy', evidence, 'RolloutStuck')
    expect(found.evidenceAgainst).toEqual(['No change of it is on record shortly before.'])
    expect(found.likelihood).toBeLessThan(without.likelihood)
    expect(of('bad_deploy', evidence).likelihood).toBe(0)
  })

  it('D2 where nobody records changes, none on record means nothing', () => {
    const without = of('bad_deploy', [], 'RolloutStuck')
    expect(of('bad_deploy', [changed({ changes: 0, recorded: false })], 'RolloutStuck')).toEqual(without)
    const failed = aProbe({}, { source: 'recent_changes', status: 'failed', summary: 'not asked' })
    expect(of('bad_deploy', [failed], 'RolloutStuck').evidenceAgainst).toEqual([])
  })

  it('D1 D2 a nearer change, one of its own, and errors since then each weigh more; five weigh as one', () => {
    const likelihood = (facts: Record<string, Fact>, more: Evidence[] = []) =>
      of('bad_deploy', [changed({ recorded: true, ...facts }), ...more]).likelihood
    const near = likelihood(aChange())
    expect(near).toBeGreaterThan(likelihood(aChange({ minutesBefore: 31 })))
    expect(near).toBeGreaterThan(likelihood(aChange({ own: false })))
    expect(near).toBeGreaterThan(likelihood(aChange({ kind: 'infrastructure' })))
    const five = Object.fromEntries(
      [1, 2, 3, 4, 5].flatMap((at) => Object.entries(aChange({ title: `Deploy ${at}` }, at))),
    )
    expect(likelihood(five)).toBe(near)
    const worse = metrics({ 'errorRate.now': 0.02, 'errorRate.before': 0.001 })
    const found = of('bad_deploy', [changed({ recorded: true, ...aChange() }), worse])
    expect(found.evidenceFor).toContain('It has become worse since.')
  })
})
