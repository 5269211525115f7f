import { type Evidence, type EvidenceSourceName, evidenceTitles, type Fact } from '../evidence.ts'
import { readChanges } from './changes.ts'
import type { HealthCheck, Probe, TriageAlert, TriageFacts, TriageView } from './facts.ts'
import { readWorkload } from './kubernetes.ts'
import { readMetrics } from './metrics.ts'

/** Sorts what came in, so that order can't matter, and keeps the newest look of each source at each subject. */
export const viewOf = (facts: TriageFacts): TriageView => {
  const firing = facts.alerts.filter((alert) => alert.status === 'firing')
  return {
    service: facts.service,
    // A diagnosis asked for after the resolve still says what it was about.
    alerts: sortedBy(firing.length > 0 ? firing : facts.alerts, alertKey),
    probes: newestOf('http_probe', facts.evidence).map(readProbe),
    metrics: newestOf('prometheus', facts.evidence).flatMap(readMetrics),
    workloads: newestOf('kubernetes', facts.evidence).flatMap((each) =>
      readWorkload(each, facts.beganAt ?? null),
    ),
    changes: readChanges(newestOf('recent_changes', facts.evidence)),
    blind: sortedBy(
      facts.evidence
        .filter((each) => each.source !== 'http_probe' && each.status !== 'ok')
        .map((each) => `${evidenceTitles[each.source]} gave nothing: ${each.summary}`),
      (sentence) => sentence,
    ),
  }
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const sortedBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] =>
  items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ item }) => item)

const alertKey = (alert: TriageAlert): string =>
  JSON.stringify([alert.title, alert.summary, sortedEntries(alert.labels), alert.severity, alert.status])

const sortedEntries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([one], [other]) => compare(one, other))

const evidenceKey = (evidence: Evidence): string =>
  JSON.stringify([evidence.status, evidence.summary, sortedEntries(evidence.facts)])

const newestOf = (source: EvidenceSourceName, evidence: readonly Evidence[]): Evidence[] => {
  const newest = new Map<string, Evidence>()
  for (const each of evidence) {
    if (each.source !== source) continue
    const known = newest.get(each.subject)
    if (known === undefined || isNewer(each, known)) newest.set(each.subject, each)
  }
  return sortedBy([...newest.values()], (each) => each.subject)
}

const isNewer = (one: Evidence, other: Evidence): boolean => {
  const order = Temporal.Instant.compare(one.observedAt, other.observedAt)
  return order > 0 || (order === 0 && compare(evidenceKey(one), evidenceKey(other)) > 0)
}

const readProbe = ({ subject, status, facts }: Evidence): Probe => ({
  subject,
  reachable:
    typeof facts['reachable'] === 'boolean' ? facts['reachable'] : status === 'timed_out' ? false : null,
  failure: text(facts['failure']) ?? (status === 'timed_out' ? 'timeout' : null),
  httpStatus: finite(facts['httpStatus']),
  latencyMs: finite(facts['latencyMs']),
  health: text(facts['health']),
  checks: readChecks(facts),
})

const readChecks = (facts: Evidence['facts']): HealthCheck[] =>
  sortedEntries(facts).flatMap(([key, status]) => {
    const name = /^check\.(.+)\.status$/.exec(key)?.[1]
    if (name === undefined || (status !== 'pass' && status !== 'warn' && status !== 'fail')) return []
    const of = (part: string): string | null => text(facts[`check.${name}.${part}`])
    return [{ name, status, value: of('value'), unit: of('unit'), since: of('since') }]
  })

const finite = (fact: unknown): number | null =>
  typeof fact === 'number' && Number.isFinite(fact) ? fact : null
const text = (fact: Fact | undefined): string | null =>
  fact === undefined || fact === null || fact === '' ? null : String(fact)
