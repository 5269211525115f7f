import type { Severity } from '../alert.ts'

/** How bad it stands, and what to look at first. */

export interface OpenIncident {
  readonly id: string
  readonly service: string | null
  readonly severity: Severity
  readonly title: string
  readonly openedAt: Temporal.Instant
}

export const guardrails = ['tightened', 'as_set', 'may_loosen'] as const
/** Nothing is loosened by itself: below the lower mark people may do so. */
export type Guardrails = (typeof guardrails)[number]

export interface Distress {
  /** 0 to 100: 30 for each critical service, 10 for each degraded one, 20 for each open incident. */
  readonly score: number
  readonly critical: readonly string[]
  readonly degraded: readonly string[]
  readonly healthy: number
  readonly open: number
  readonly guardrails: Guardrails
}

export const tightenAbove = 60
export const loosenBelow = 10

/**
 * A service is critical while a critical incident of it is open, and degraded while one of severity high or medium is. What has no
 * service counts as an open incident alone.
 */
export const distressOf = (catalogued: readonly string[], incidents: readonly OpenIncident[]): Distress => {
  const withOpen = (...severities: readonly Severity[]): Set<string> =>
    new Set(
      incidents.flatMap(({ service, severity }) =>
        service !== null && severities.includes(severity) ? [service] : [],
      ),
    )
  const critical = withOpen('critical')
  const degraded = withOpen('high', 'medium').difference(critical)
  const score = Math.min(100, 30 * critical.size + 10 * degraded.size + 20 * incidents.length)
  return {
    score,
    critical: [...critical].sort(),
    degraded: [...degraded].sort(),
    healthy: catalogued.filter((name) => !critical.has(name) && !degraded.has(name)).length,
    open: incidents.length,
    guardrails: guardrailsAt(score),
  }
}

export const guardrailsAt = (score: number): Guardrails => {
  if (score > tightenAbove) return 'tightened'
  return score < loosenBelow ? 'may_loosen' : 'as_set'
}

export interface Recommendation {
  /** Such as `inc-42` or `run-7`. */
  readonly subject: string
  readonly what: string
  readonly why: string
}

/** What waits for people besides. */
export interface Waiting {
  readonly approvals: number
  /** Runs that ended unknown and hold their locks until somebody says what happened. */
  readonly unknownRuns: readonly string[]
}

const worst: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
const mostIncidents = 3

/** The next right things, most urgent first: worst and oldest incidents, runs nobody knows the end of, people who are waited for. */
export const recommend = (
  distress: Pick<Distress, 'score' | 'guardrails'>,
  incidents: readonly OpenIncident[],
  waiting: Waiting,
): Recommendation[] => [
  ...incidents
    .toSorted(
      (one, other) =>
        worst.indexOf(one.severity) - worst.indexOf(other.severity) ||
        Temporal.Instant.compare(one.openedAt, other.openedAt) ||
        (one.id < other.id ? -1 : 1),
    )
    .slice(0, mostIncidents)
    .map(({ id, service, severity, title, openedAt }) => ({
      subject: id,
      what: `Look at ${id}${service === null ? '' : ` of ${service}`}: ${title}`,
      why: `${severity}, open since ${openedAt.toString({ smallestUnit: 'second' })}`,
    })),
  ...waiting.unknownRuns.map((run) => ({
    subject: run,
    what: `Say what became of ${run}`,
    why: 'It ended unknown, and its targets stay locked until a person does',
  })),
  ...(waiting.approvals === 0
    ? []
    : [
        {
          subject: 'approvals',
          what: `Decide the ${waiting.approvals === 1 ? 'request' : `${waiting.approvals} requests`} for approval`,
          why: 'Nothing of theirs runs before',
        },
      ]),
  ...(distress.guardrails === 'tightened'
    ? [
        {
          subject: 'guardrails',
          what: 'Expect to be asked: nothing runs by itself for now',
          why: `Distress is ${distress.score}, above ${tightenAbove}`,
        },
      ]
    : []),
]
