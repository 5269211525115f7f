import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/domain/diagnose.ts'
import type { TriageCode } from '../../../src/domain/diagnosis.ts'
import type { Evidence, Fact } from '../../../src/domain/evidence.ts'
import type { TriageAlert } from '../../../src/domain/triage/facts.ts'
import { anAlert, aProbe, at, healthyProbe } from '../support/evidence.ts'

const leading = (alerts: readonly TriageAlert[], evidence: readonly Evidence[] = []) =>
  diagnose({ service: 'checkout', alerts, evidence }).hypotheses[0]!

const named: readonly [string, TriageCode][] = [
  ['ServiceDown', 'service_down'],
  ['InstanceDown', 'service_down'],
  ['TargetDown', 'service_down'],
  ['failedConnect', 'service_down'],
  ['KubePodCrashLooping', 'service_down'],
  ['checkout is unreachable', 'service_down'],
  ['HighLatency', 'latency_spike'],
  ['RequestLatencyP99High', 'latency_spike'],
  ['checkout_response_time_p95', 'latency_spike'],
  ['SlowResponses', 'latency_spike'],
  ['HighErrorRate', 'elevated_errors'],
  ['Http5xxRate', 'elevated_errors'],
  ['High 5xx ratio', 'elevated_errors'],
  ['UnhandledExceptions', 'elevated_errors'],
  ['MemorySaturation', 'saturation'],
  ['OOMKilled', 'saturation'],
  ['KubePodOOMKilled', 'saturation'],
  ['CPUThrottlingHigh', 'saturation'],
  ['CPU Usage High', 'saturation'],
  ['DiskSpace', 'saturation'],
  ['HostOutOfDiskSpace', 'saturation'],
  ['BadDeploy', 'bad_deploy'],
  ['RolloutStuck', 'bad_deploy'],
  ['ErrorBudgetBurn', 'general_degradation'],
  ['ServiceDegraded', 'general_degradation'],
  ['SomethingNobodyHasEverNamed', 'general_degradation'],
]

describe('diagnosis by alert name', () => {
  it.each(named)('D1 an alert named %s is led by %s', (title, code) => {
    expect(leading([anAlert({ title })]).code).toBe(code)
  })

  it('D1 the alertname label counts like the title', () => {
    expect(leading([anAlert({ title: '[FIRING:1]', labels: { alertname: 'HighErrorRate' } })]).code).toBe(
      'elevated_errors',
    )
  })

  it('D1 words for memory, capacity and storage say which resource is short', () => {
    expect(leading([anAlert({ title: 'OOMKilled' })]).hints).toEqual({ saturation: 'memory' })
    expect(leading([anAlert({ title: 'CPUThrottlingHigh' })]).hints).toEqual({ saturation: 'capacity' })
    expect(leading([anAlert({ title: 'DiskSpace' })]).hints).toEqual({ saturation: 'storage' })
  })

  it('D1 a resolved alert is left aside while another one fires', () => {
    const alerts = [anAlert({ title: 'HighLatency', status: 'resolved' }), anAlert({ title: 'ServiceDown' })]
    expect(leading(alerts).code).toBe('service_down')
  })
})

const probed: readonly [string, string, Record<string, Fact>, TriageCode, Record<string, string>][] = [
  ['a probe that timed out', 'X', { reachable: false, failure: 'timeout' }, 'service_down', {}],
  ['a refused connection', 'X', { reachable: false, failure: 'refused' }, 'service_down', {}],
  [
    'a refused connection under a latency alert',
    'HighLatency',
    { reachable: false, failure: 'refused' },
    'service_down',
    {},
  ],
  [
    'a timeout under an error alert',
    'HighErrorRate',
    { reachable: false, failure: 'timeout' },
    'service_down',
    {},
  ],
  [
    'a slow answer',
    'X',
    { reachable: true, httpStatus: 200, latencyMs: 2400, health: 'pass' },
    'latency_spike',
    {},
  ],
  ['HTTP 500', 'X', { reachable: true, httpStatus: 500, latencyMs: 20 }, 'elevated_errors', {}],
  [
    'a gateway that got no answer in time, under ServiceDown',
    'ServiceDown',
    { reachable: true, httpStatus: 504, latencyMs: 2036, health: null },
    'service_down',
    {},
  ],
  [
    'a gateway that found nothing behind it, under ServiceDown',
    'ServiceDown',
    { reachable: true, httpStatus: 502, latencyMs: 4, health: null },
    'service_down',
    {},
  ],
  [
    'HTTP 500 under ServiceDown',
    'ServiceDown',
    { reachable: true, httpStatus: 500, latencyMs: 20 },
    'elevated_errors',
    {},
  ],
  [
    'an open circuit',
    'HighErrorRate',
    {
      reachable: true,
      httpStatus: 503,
      latencyMs: 9,
      health: 'fail',
      'check.circuit:payments.status': 'fail',
      'check.circuit:payments.value': 'open',
    },
    'elevated_errors',
    { circuit: 'payments' },
  ],
  [
    'a failing flag check under an error alert',
    'HighErrorRate',
    {
      reachable: true,
      httpStatus: 500,
      latencyMs: 20,
      health: 'fail',
      'check.flag:new-pricing.status': 'fail',
    },
    'bad_deploy',
    { flag: 'new-pricing' },
  ],
  [
    'memory at its limit under a latency alert',
    'HighLatency',
    {
      reachable: true,
      httpStatus: 200,
      latencyMs: 1500,
      health: 'fail',
      'check.memory:utilization.status': 'fail',
      'check.memory:utilization.value': 97,
    },
    'saturation',
    { saturation: 'memory' },
  ],
  [
    'capacity warning',
    'X',
    {
      reachable: true,
      httpStatus: 200,
      latencyMs: 40,
      health: 'warn',
      'check.capacity:utilization.status': 'warn',
    },
    'saturation',
    { saturation: 'capacity' },
  ],
]

describe('diagnosis by probe', () => {
  it.each(probed)('D1 %s', (_name, title, facts, code, hints) => {
    const best = leading([anAlert({ title })], [aProbe(facts)])
    expect({ code: best.code, hints: best.hints }).toEqual({ code, hints })
  })

  it('D1 each side of the argument is told: an answering probe speaks against service_down', () => {
    const { hypotheses } = diagnose({
      service: 'checkout',
      alerts: [anAlert({ title: 'ServiceDown' })],
      evidence: [healthyProbe],
    })
    const down = hypotheses.find((each) => each.code === 'service_down')!
    expect(down.evidenceFor).toEqual(['The alert “ServiceDown” is named for a service that is down.'])
    expect(down.evidenceAgainst).toEqual(['checkout answers with HTTP 200 in 20 ms.'])
    expect(down.likelihood).toBeLessThan(0.5)
  })

  it('D1 a check is told in plain words, with its unit, and since when', () => {
    const facts = {
      reachable: true,
      httpStatus: 200,
      'check.capacity:utilization.status': 'fail',
      'check.capacity:utilization.value': 97,
      'check.capacity:utilization.unit': 'percent',
      'check.circuit:bank-eu.status': 'fail',
      'check.circuit:bank-eu.value': 'open',
      'check.circuit:bank-eu.since': '2026-06-01T10:00:00.250Z',
    }
    const { hypotheses } = diagnose({ service: 'checkout', alerts: [], evidence: [aProbe(facts)] })
    const told = hypotheses.flatMap(({ evidenceFor }) => evidenceFor)
    expect(told).toContain('Health check “capacity utilization” fails: 97 %.')
    expect(told).toContain('Health check “circuit bank-eu” fails: open, since 2026-06-01 10:00:00 UTC.')
    expect(told.join()).not.toMatch(/\w:\w+-?\w* (is|fails)/)
  })

  it('D1 only the newest probe of a subject counts', () => {
    const old = aProbe({ reachable: false, failure: 'refused' }, { observedAt: at('2026-06-01T09:00:00Z') })
    expect(leading([anAlert()], [healthyProbe, old]).code).toBe('general_degradation')
  })

  it('D1 a source that failed is told, not taken for health', () => {
    const blind: Evidence = {
      ...aProbe({}),
      source: 'past_incidents',
      status: 'failed',
      summary: 'the database did not answer',
    }
    expect(leading([], [blind]).evidenceFor).toContain(
      'Past incidents gave nothing: the database did not answer',
    )
  })
})

const fact = fc.oneof(fc.boolean(), fc.integer(), fc.double(), fc.string({ maxLength: 8 }), fc.constant(null))
const factName = fc.constantFrom(
  'reachable',
  'failure',
  'httpStatus',
  'latencyMs',
  'health',
  'check.flag:a.status',
  'check.circuit:b.status',
  'check.circuit:b.value',
  'check.memory:utilization.status',
  'check.capacity:utilization.status',
  'check.x.since',
)
const plausible = fc.constantFrom<Fact>(
  'pass',
  'warn',
  'fail',
  'timeout',
  'refused',
  'open',
  true,
  false,
  200,
  503,
  900,
)
const someEvidence = fc.record({
  source: fc.constantFrom('http_probe' as const, 'past_incidents' as const),
  subject: fc.constantFrom('checkout', 'payments'),
  status: fc.constantFrom('ok' as const, 'failed' as const, 'timed_out' as const),
  summary: fc.string({ maxLength: 10 }),
  facts: fc.dictionary(factName, fc.oneof(fact, plausible)),
  observedAt: fc.integer({ min: 0, max: 3 }).map((ms) => Temporal.Instant.fromEpochMilliseconds(ms)),
  durationMs: fc.nat(),
})
const someAlert = fc.record({
  title: fc.oneof(fc.constantFrom(...named.map(([title]) => title)), fc.string({ maxLength: 20 })),
  summary: fc.oneof(fc.string({ maxLength: 20 }), fc.constant('memory is leaking, 5xx rate high')),
  labels: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 })),
  severity: fc.constantFrom('critical' as const, 'high' as const, 'low' as const),
  status: fc.constantFrom('firing' as const, 'resolved' as const),
})

describe('diagnosis, always', () => {
  it('D1 likelihoods sum to 1, are ranked and never empty, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(someAlert, { maxLength: 5 }),
        fc.array(someEvidence, { maxLength: 5 }),
        (alerts, evidence) => {
          const { hypotheses } = diagnose({ service: null, alerts, evidence })
          const likelihoods = hypotheses.map((each) => each.likelihood)
          expect(hypotheses.length).toBeGreaterThan(0)
          expect(likelihoods.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 10)
          expect(likelihoods).toEqual([...likelihoods].sort((one, other) => other - one))
          expect(likelihoods.every((each) => each > 0 && each <= 1)).toBe(true)
        },
      ),
    )
  })

  it('D1 the order of alerts and evidence does not matter', () => {
    fc.assert(
      fc.property(
        fc
          .array(someAlert, { maxLength: 5 })
          .chain((items) =>
            fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
          ),
        fc
          .array(someEvidence, { maxLength: 5 })
          .chain((items) =>
            fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
          ),
        ([alerts, shuffledAlerts], [evidence, shuffledEvidence]) => {
          expect(diagnose({ service: null, alerts: shuffledAlerts, evidence: shuffledEvidence })).toEqual(
            diagnose({ service: null, alerts, evidence }),
          )
        },
      ),
    )
  })
})
