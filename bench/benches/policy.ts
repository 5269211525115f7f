import { impacts } from '../../src/domain/action.ts'
import { dependentsOf } from '../../src/domain/dependents.ts'
import { PolicyDocument } from '../../src/domain/policy/document.ts'
import { evaluatePolicy } from '../../src/domain/policy/evaluate.ts'
import { nothingKnown, type PolicyFacts } from '../../src/domain/policy/facts.ts'
import type { Matched } from '../../src/domain/policy/match.ts'
import { policyPart } from '../../src/domain/policy/policy-part.ts'
import { Catalogue } from '../../src/domain/service.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { median, percentile } from '../measure/statistics.ts'

const rules = 100
const services = 1_000
const wideServices = 10_000
const evaluations = 20_000
const requiredUs = 100
const requiredBlastMs = 10
const now = Temporal.Instant.from('2026-11-24T10:00:00Z')

const serviceName = (at: number): string => `team-${at % 50}-service-${at}`

/** Every second rule is about a team, every third about one service and a playbook, the rest about an impact. */
const policy = PolicyDocument.parse({
  windows: [{ id: 'hours' }, { id: 'late', match: { services: ['team-7-*'] }, from: '18:00', to: '22:00' }],
  holidays: [
    {
      id: 'days',
      dates: Array.from({ length: 28 }, (_, at) => `2026-02-${String(at + 1).padStart(2, '0')}`),
    },
  ],
  rules: Array.from({ length: rules }, (_, at) => ({
    id: `rule-${at}`,
    match:
      at % 2 === 0
        ? { services: [`team-${at % 50}-*`, `team-${(at + 1) % 50}-*`] }
        : at % 3 === 0
          ? { services: [serviceName(at)], playbooks: ['restart-service'] }
          : { impacts: [impacts[at % impacts.length]], playbooks: ['scale-*'] },
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the file; nobody awaits a rule
    then: { quorum: 1 + (at % 2) },
    reason: 'As the bench has it.',
  })),
})

const abouts = Array.from({ length: services }, (_, at) => ({
  service: serviceName(at),
  playbook: at % 2 === 0 ? 'restart-service' : 'scale-up',
  impact: impacts[at % impacts.length] ?? 'low',
  diagnosisCode: 'service_down',
}))
type About = (typeof abouts)[number]

const factsOf = (about: About): PolicyFacts => {
  const part = policyPart(policy, about, 'Europe/Berlin', now)
  return {
    ...nothingKnown,
    ...part,
    trust: { ...nothingKnown.trust, ...part.trust },
    limits: { ...nothingKnown.limits, ...part.limits },
    ...about,
    moment: 'request',
    now,
    mode: 'approve',
    emergencyStop: false,
    incidentStatus: 'proposed',
    timeZone: 'Europe/Berlin',
    targets: [about.service],
    dependents: 1,
    irreversible: false,
    confidence: 0.8,
    approverRoles: ['approver'],
    requesterId: 'person_bench',
    calendar: { ...part.calendar, expectedMs: 60_000 },
  }
}

/** The same 100 conditions as code that knows what it looks for. */
const predicates = policy.rules.map(({ match }) => {
  const { services: names, playbooks, impacts: listed } = match
  const fits = (pattern: string, name: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
  return (about: Matched): boolean =>
    (names === undefined || names.some((pattern) => fits(pattern, about.service))) &&
    (playbooks === undefined || playbooks.some((pattern) => fits(pattern, about.playbook))) &&
    (listed === undefined || (listed as readonly string[]).includes(about.impact))
})

/** Median of single calls, in microseconds. What they return is added up, so that no call can be left out. */
const timed = (call: (about: About) => number): number => {
  const took: number[] = []
  let sum = 0
  for (let at = 0; at < evaluations; at += 1) {
    const about = abouts[(at * 7) % services] as About
    const from = process.hrtime.bigint()
    sum += call(about)
    took.push(Number(process.hrtime.bigint() - from) / 1_000)
  }
  if (sum < 0) throw new Error(`${sum} verdicts; expected 0 or more`)
  return percentile(took, 0.5)
}

/** For the service that everything else depends on: what the first question of a new catalogue takes, and what every later one. */
const blastMs = (): { first: number; later: number } => {
  const catalogue = Catalogue.parse({
    services: Array.from({ length: wideServices }, (_, at) => ({
      name: serviceName(at),
      dependsOn: at === 0 ? [] : [...new Set([0, (at * 7_919) % at, (at * 104_729) % at])].map(serviceName),
    })),
  })
  const ask = (): number => {
    const from = performance.now()
    const found = dependentsOf(catalogue, serviceName(0)).length
    const tookMs = performance.now() - from
    if (found !== wideServices - 1) throw new Error(`found ${found} dependents; expected ${wideServices - 1}`)
    return tookMs
  }
  return { first: ask(), later: median(Array.from({ length: 21 }, ask)) }
}

const open = (): Promise<OpenBench> => {
  const seen: number[] = []
  const blast: { first: number; later: number }[] = []
  const medianOf = (which: 'first' | 'later'): number =>
    Number(median(blast.map((each) => each[which])).toFixed(2))
  const overall = () => ({
    value: median(seen),
    fields: { blastRadiusMs: medianOf('later'), firstBlastRadiusMs: medianOf('first') },
  })
  const judged = (value: number, limit: number): string => (value < limit ? 'within the bound' : 'MISSED')
  return Promise.resolve({
    candidate: {
      name: 'suture',
      measure: (round) => {
        const us = timed((about) => evaluatePolicy(factsOf(about)).reasons.length)
        const ms = blastMs()
        if (round > 0) {
          seen.push(us)
          blast.push(ms)
        }
        return Promise.resolve(us)
      },
    },
    baselines: [
      {
        name: 'plain-loop',
        measure: () =>
          Promise.resolve(
            timed((about) => {
              let matched = 0
              for (const predicate of predicates) if (predicate(about)) matched += 1
              return matched
            }),
          ),
      },
    ],
    overall,
    remarks: () => {
      const { value, fields } = overall()
      return [
        `p50 ${value.toFixed(1)} us, asked below ${requiredUs}: ${judged(value, requiredUs)}.`,
        `Blast radius over ${wideServices} services: ${fields.blastRadiusMs} ms, asked below ${requiredBlastMs}: ${judged(fields.blastRadiusMs, requiredBlastMs)}. The first one of a new catalogue, with its graph: ${fields.firstBlastRadiusMs} ms.`,
      ]
    },
    close: () => Promise.resolve(),
  })
}

export const policyBench: Bench = {
  name: 'policy',
  unit: 'us',
  about: [
    `One verdict of a policy with ${rules} rules, for one of ${services} services: what matches is found, then every rule is asked. The figure is the median of`,
    `${evaluations} single calls a round. plain-loop: ${rules} predicates with the same conditions, and nothing else. The ratio is time by time.`,
    `blastRadiusMs: who depends on a service, in a catalogue of ${wideServices} that all depend on it. firstBlastRadiusMs: asked for the first time, which makes the graph.`,
  ],
  bounds: {},
  open,
}
