import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/domain/diagnose.ts'
import { type Hypothesis, type TriageCode, triageCodes } from '../../../src/domain/diagnosis.ts'
import type { Evidence, Fact } from '../../../src/domain/evidence.ts'
import { anAlert, aProbe, at, healthyProbe } from '../support/evidence.ts'

type Facts = Record<string, Fact>

const beganAt = at()
const before = (minutes: number): string =>
  beganAt.subtract({ milliseconds: Math.round(minutes * 60_000) }).toString()

/** Three of three ready, and nothing was ever wrong. */
const well: Facts = {
  found: true,
  desiredReplicas: 3,
  readyReplicas: 3,
  updatedReplicas: 3,
  restarts: 0,
  waiting: null,
  lastTermination: null,
  revision: '7',
  image: 'shop/checkout:2.1',
}
const cluster = (facts: Facts, over: Partial<Evidence> = {}): Evidence =>
  aProbe({ ...well, ...facts }, { source: 'kubernetes', ...over })
const refused = aProbe({ reachable: false, failure: 'refused' })

const hypotheses = (evidence: readonly Evidence[], title = 'Watchdog') =>
  diagnose({ service: 'checkout', alerts: [anAlert({ title })], evidence, beganAt }).hypotheses
const of = (code: TriageCode, evidence: readonly Evidence[], title?: string): Omit<Hypothesis, 'code'> =>
  hypotheses(evidence, title).find((each) => each.code === code) ?? {
    likelihood: 0,
    evidenceFor: [],
    evidenceAgainst: [],
    hints: {},
  }

const down: Facts = { readyReplicas: 0, restarts: 9 }
const crashing: Facts = { ...down, waiting: 'CrashLoopBackOff', lastTermination: 'Error' }
const killed: Facts = { ...crashing, lastTermination: 'OOMKilled' }
const unpulled: Facts = { ...down, waiting: 'ImagePullBackOff' }
const rolledOut: Facts = { rolledOutAt: before(12), previousImage: 'shop/checkout:2.0' }

const oom = 'A container of checkout was last ended for using more memory than it may (OOMKilled).'
const loops = 'A container of checkout ends again and again (CrashLoopBackOff).'
const unstarted =
  'A container of checkout can not be started (ImagePullBackOff); the image is shop/checkout:2.1.'
const rollout =
  'The latest rollout of checkout came 12 min before it began. The image is shop/checkout:2.1, the one before was shop/checkout:2.0.'
const unprobed = 'No probe looked at the service, so little is known.'
const none = 'None of the 3 pods that checkout should have is ready.'
const some = 'Only 2 of the 3 pods that checkout should have are ready.'

const leads: readonly [string, Facts, TriageCode, readonly string[], Facts][] = [
  ['a container out of memory', killed, 'saturation', [oom], { saturation: 'memory' }],
  [
    'a container out of memory while others serve',
    { ...killed, readyReplicas: 2 },
    'saturation',
    [oom],
    { saturation: 'memory' },
  ],
  ['a crash loop', crashing, 'service_down', [loops, none], {}],
  ['a crash loop while others serve', { ...crashing, readyReplicas: 2 }, 'service_down', [loops], {}],
  ['no pod ready', down, 'service_down', [none], {}],
  ['some pods ready', { readyReplicas: 2 }, 'general_degradation', [some], {}],
  ['an image that can not be pulled', unpulled, 'bad_deploy', [unstarted], {}],
  [
    'an image that can not be pulled, while the pods before it all serve',
    { ...unpulled, readyReplicas: 3 },
    'bad_deploy',
    [unstarted],
    {},
  ],
  ['a rollout shortly before', rolledOut, 'bad_deploy', [rollout], {}],
  ['a crash loop since a rollout', { ...crashing, ...rolledOut }, 'bad_deploy', [rollout, loops], {}],
  [
    'a crash loop with an old rollout',
    { ...crashing, rolledOutAt: before(300) },
    'service_down',
    [loops, none],
    {},
  ],
  [
    'a workload that is asked to have no pod',
    { desiredReplicas: 0, readyReplicas: 0 },
    'service_down',
    ['checkout is asked to have no pod at all (0 replicas).'],
    {},
  ],
  [
    'a workload that is not there',
    { found: false, desiredReplicas: null, readyReplicas: null, image: null },
    'service_down',
    ['Kubernetes has no workload of checkout.'],
    {},
  ],
]

describe('what Kubernetes tells triage', () => {
  it.each(leads)('D1 D2 %s leads to its diagnosis and is told in words', (_, facts, code, told, hints) => {
    const [first] = hypotheses([cluster(facts)])
    expect(first).toMatchObject({ code, hints })
    expect(first?.evidenceFor.filter((sentence) => sentence !== unprobed)).toEqual(told)
  })

  it.each(['ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'])(
    'D1 D2 a container that waits for %s speaks for a bad change as well',
    (waiting) => {
      expect(hypotheses([cluster({ ...down, waiting })])[0]?.code).toBe('bad_deploy')
    },
  )

  it.each([
    ['out of memory', killed, 'saturation', oom],
    ['an image that can not be pulled', unpulled, 'bad_deploy', unstarted],
    ['a crash since a rollout', { ...crashing, ...rolledOut }, 'bad_deploy', rollout],
  ] as const)('D1 D2 %s explains that it is down, slow and wrong', (_, facts, code, cause) => {
    const evidence = [cluster(facts), refused]
    expect(hypotheses(evidence, 'X')[0]?.code).toBe(code)
    expect(of('service_down', evidence).evidenceAgainst).toEqual([
      `${cause} That would explain why it is down.`,
    ])
    expect(of('elevated_errors', evidence, 'HighErrorRate').evidenceAgainst).toContain(
      `${cause} That would explain the errors.`,
    )
    expect(of('latency_spike', evidence, 'HighLatency').evidenceAgainst).toContain(
      `${cause} That would explain slow answers.`,
    )
  })

  it('D1 D2 a crash loop and no pod ready are one reason, not two', () => {
    expect(of('service_down', [cluster(crashing)]).likelihood).toBe(
      of('service_down', [cluster(down)]).likelihood,
    )
  })

  it('D1 D2 memory that ran out at some time is told, and leads nowhere where all runs again and something else is seen', () => {
    const old = cluster({ restarts: 1, lastTermination: 'OOMKilled' })
    expect(of('saturation', [old])).toMatchObject({
      evidenceFor: [oom],
      evidenceAgainst: ['All 3 pods of checkout are ready.'],
      hints: { saturation: 'memory' },
    })
    expect(of('saturation', [old], 'CPUThrottlingHigh').hints).toEqual({ saturation: 'capacity' })
    expect(of('saturation', [cluster(killed)], 'CPUThrottlingHigh').hints).toEqual({ saturation: 'memory' })
    expect(hypotheses([old], 'HighErrorRate')[0]).toMatchObject({
      code: 'elevated_errors',
      evidenceAgainst: [],
    })
    expect(hypotheses([cluster(killed)], 'HighErrorRate')[0]?.code).toBe('saturation')
  })
})

describe('what Kubernetes tells triage against', () => {
  const allReady = 'All 3 pods of checkout are ready.'
  it.each([
    ['service_down', 'ServiceDown', {}, allReady],
    ['general_degradation', 'HighLatency', {}, allReady],
    [
      'bad_deploy',
      'RolloutStuck',
      { rolledOutAt: before(300) },
      `${allReady} The latest rollout of checkout came 5 h before it began.`,
    ],
    [
      'service_down',
      'ServiceDown',
      { desiredReplicas: 1, readyReplicas: 1 },
      'The only pod of checkout is ready.',
    ],
  ] as const)(
    'D1 D2 all pods ready and nothing changed speaks against %s',
    (code, title, facts, sentence) => {
      const found = of(code, [cluster(facts)], title)
      const without = of(code, [], title)
      expect(found.evidenceAgainst).toEqual([sentence])
      expect(found.evidenceFor.filter((each) => !without.evidenceFor.includes(each))).toEqual([])
      // Two that lose the same share keep their likelihoods, so it is seen beside a third that loses nothing.
      const share = (evidence: readonly Evidence[]) => {
        const third = { ...healthyProbe, facts: { 'check.flag:a.status': 'fail' } }
        const latency = aProbe({ 'latencyP99.now': 4, 'latencyP99.before': 0.1 }, { source: 'prometheus' })
        const rival = code === 'bad_deploy' ? latency : third
        return of(code, [...evidence, rival], title).likelihood
      }
      expect(share([cluster(facts)])).toBeLessThan(share([]))
    },
  )

  it.each([
    ['a pod is missing', { readyReplicas: 2 }],
    ['a container waits', { waiting: 'ContainerCannotRun' }],
    ['it is not known how many are ready', { readyReplicas: null }],
    ['it is not known how many there should be', { desiredReplicas: null }],
  ])('D1 D2 where %s nothing speaks against a service that is down', (_, facts: Facts) => {
    expect(of('service_down', [cluster(facts)], 'ServiceDown').evidenceAgainst).toEqual([])
  })

  it('D1 D2 readiness alone does not outweigh a service that refuses connections', () => {
    expect(hypotheses([cluster({}), refused], 'HighErrorRate')[0]?.code).toBe('service_down')
  })
})

describe('a cluster that tells little or nonsense', () => {
  it('D2 D6 one that did not answer is told and leads nowhere', () => {
    const blind = cluster(killed, { status: 'timed_out', summary: 'no answer within 5 s.' })
    expect(hypotheses([blind])).toEqual([
      expect.objectContaining({
        code: 'general_degradation',
        evidenceFor: expect.arrayContaining(['Kubernetes gave nothing: no answer within 5 s.']) as unknown,
      }),
    ])
  })

  it('D1 facts of a node or of another workload are not taken for the service', () => {
    const others = aProbe(
      { 'prod/worker-3.found': true, 'prod/db.readyReplicas': 0, 'prod/db.waiting': 'CrashLoopBackOff' },
      { source: 'kubernetes' },
    )
    expect(hypotheses([others])).toEqual(hypotheses([]))
  })

  it('D1 likelihoods sum to 1 whatever the cluster says', () => {
    const value = fc.oneof(
      fc.constantFrom<Fact>(
        'CrashLoopBackOff',
        'OOMKilled',
        'ImagePullBackOff',
        before(3),
        true,
        false,
        null,
      ),
      fc.integer({ min: -1, max: 4 }),
      fc.double(),
    )
    const facts = fc.dictionary(fc.constantFrom(...Object.keys(well), 'rolledOutAt', 'previousImage'), value)
    fc.assert(
      fc.property(facts, fc.constantFrom(...triageCodes, 'ServiceDown'), (given, title) => {
        const found = hypotheses([cluster(given)], title)
        expect(found.reduce((sum, each) => sum + each.likelihood, 0)).toBeCloseTo(1, 10)
        expect(found.every(({ likelihood: share }) => share > 0)).toBe(true)
      }),
    )
  })
})
