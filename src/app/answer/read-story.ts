import { triageCodes, triageTitles } from '../../domain/diagnosis.ts'
import { describeOdds } from '../../domain/odds.ts'
import type { RunFact, StoryEvent } from '../../query/answer.ts'
import { alertsOfIncident } from '../../storage/alert.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { incidentFact, recordsOfRuns, runFacts } from './facts.ts'
import { runsInScope, type Scope } from './find-scope.ts'
import { type HistoryEntry, historyOfIncident, type RecordedRefusal, refusalsIn, textOf } from './history.ts'
import type { Reading } from './reading.ts'

/** A thread shows so many lines; of a longer story its beginning and its end. */
const mostLines = 40
const firstLines = 10
export const mostEvidence = 50

/** All that is recorded of what happened, oldest first. */
export interface Story {
  readonly events: readonly StoryEvent[]
  /** Newest first. */
  readonly runs: readonly RunFact[]
  readonly records: readonly string[]
  /** What of the history was not read, as a sentence; null when all of it was. */
  readonly missing: string | null
}

export const readStory = async (tx: Tx, scope: Scope): Promise<Reading> => {
  const { events, records, missing } = await wholeStory(tx, scope)
  const left = Math.max(0, events.length - mostLines)
  const shown = left === 0 ? events : [...events.slice(0, firstLines), ...events.slice(firstLines + left)]
  return {
    found: { subject: 'what_happened', incident: incidentFact(scope.incident), events: shown },
    records,
    missing:
      left > 0
        ? `${left} lines in the middle are left out; the timeline of ${scope.incident.id} has them all`
        : missing,
  }
}

export const wholeStory = async (tx: Tx, scope: Scope): Promise<Story> => {
  const { incident } = scope
  const [{ history, refusals }, { runs, steps }, proposals, alerts, evidence] = await Promise.all([
    historyOfIncident(tx, incident.id, told).then(async (found) => ({
      history: found,
      refusals: await refusalsIn(tx, found),
    })),
    runsInScope(tx, scope).then(async (rows) => {
      const [facts, ofSteps] = await Promise.all([runFacts(tx, rows), stepEvents(tx, rows)])
      return { runs: facts, steps: ofSteps }
    }),
    scope.whole ? proposalEvents(tx, incident.id) : [],
    scope.whole ? alertEvents(tx, incident) : [],
    scope.whole ? evidenceEvents(tx, incident.id) : [],
  ])
  const ofRuns = [...runs.flatMap(eventsOfRun), ...steps, ...refusalEvents(refusals, scope, runs)]
  const ofIncident = scope.whole
    ? [
        ...alerts,
        ...evidence,
        ...proposals,
        ...history.entries.flatMap((entry) => eventOfEntry(entry, incident)),
      ]
    : []
  return {
    events: inOrder([...ofIncident, ...ofRuns]),
    runs,
    records: [
      incident.id,
      ...proposals.flatMap((event) => (event.kind === 'proposed' ? [event.id] : [])),
      ...recordsOfRuns(runs),
      ...(scope.whole
        ? history.entries.map((entry) => entry.record)
        : refusals.map((refusal) => refusal.record)),
    ],
    missing: history.cut ? 'the history is longer than what was read' : scope.missing,
  }
}

const told = [
  'refused',
  'diagnosis_made',
  'incident_reopened',
  'incident_escalated',
  'incident_resolved',
] as const

const kinds: readonly StoryEvent['kind'][] = [
  'alert_fired',
  'reopened',
  'evidence',
  'diagnosed',
  'proposed',
  'requested',
  'refused',
  'voted',
  'request_ended',
  'run_started',
  'step',
  'run_ended',
  'alerts_resolved',
  'escalated',
  'resolved',
]

/** What happened in one commit has one time; then what leads to the other comes first. */
const inOrder = (events: readonly StoryEvent[]): StoryEvent[] =>
  [...events].sort(
    (one, other) =>
      Temporal.Instant.compare(one.at, other.at) || kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  )

const alertEvents = async (tx: Tx, incident: IncidentRow): Promise<StoryEvent[]> => {
  const alerts = await alertsOfIncident(tx, incident.id)
  const [first] = alerts
  if (first === undefined) return []
  // An alert that fired again carries its newest start; the story begins with the incident at the latest.
  const at =
    Temporal.Instant.compare(first.starts_at, incident.opened_at) < 0 ? first.starts_at : incident.opened_at
  const ended = alerts
    .flatMap((alert) => (alert.ends_at === null ? [] : [alert.ends_at]))
    .sort((one, other) => Temporal.Instant.compare(one, other))
  const last = ended.at(-1)
  return [
    { kind: 'alert_fired', at, title: first.title, source: first.source, more: alerts.length - 1 },
    ...(last === undefined || incident.firing > 0
      ? []
      : [{ kind: 'alerts_resolved' as const, at: last, count: ended.length }]),
  ]
}

const evidenceEvents = async (tx: Tx, incidentId: string): Promise<StoryEvent[]> =>
  (
    await tx.db
      .selectFrom('evidence')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('incident_id', '=', incidentId)
      .orderBy('observed_at')
      .limit(mostEvidence)
      .execute()
  ).map((row) => ({
    kind: 'evidence',
    at: row.observed_at,
    status: row.status,
    summary: row.summary,
  }))

const proposalEvents = async (tx: Tx, incidentId: string): Promise<StoryEvent[]> =>
  (
    await tx.db
      .selectFrom('proposal')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('incident_id', '=', incidentId)
      .orderBy('created_at')
      .orderBy('rank')
      .execute()
  ).map((row) => ({
    kind: 'proposed',
    at: row.created_at,
    id: row.id,
    title: row.body.playbookTitle,
    service: row.body.service,
    odds: describeOdds(row.body.odds),
  }))

const eventOfEntry = ({ event, at, details }: HistoryEntry, incident: IncidentRow): StoryEvent[] => {
  const why = textOf(details['why'])
  if (event === 'diagnosis_made') return diagnosed(at, details)
  if (event === 'incident_reopened') return [{ kind: 'reopened', at }]
  if (event === 'incident_escalated') return [{ kind: 'escalated', at, why }]
  if (event === 'incident_resolved')
    return [{ kind: 'resolved', at, why, afterMs: msBetween(incident.opened_at, at) }]
  return []
}

const msBetween = (from: Temporal.Instant, to: Temporal.Instant): number =>
  to.epochMilliseconds - from.epochMilliseconds

const diagnosed = (at: Temporal.Instant, details: HistoryEntry['details']): StoryEvent[] => {
  const [first] = Array.isArray(details['hypotheses'])
    ? (details['hypotheses'] as { code?: unknown; likelihood?: unknown }[])
    : []
  const code = triageCodes.find((each) => each === first?.code)
  if (code === undefined || typeof first?.likelihood !== 'number') return []
  return [{ kind: 'diagnosed', at, title: triageTitles[code], likelihood: first.likelihood }]
}

const eventsOfRun = (run: RunFact): StoryEvent[] => {
  const { request } = run
  const events: StoryEvent[] = []
  if (request !== null) {
    events.push({ kind: 'requested', at: request.requestedAt, request })
    for (const vote of request.votes) events.push({ kind: 'voted', at: vote.at, request, vote })
    if (request.endedAt !== null && (request.status === 'expired' || request.status === 'canceled'))
      events.push({ kind: 'request_ended', at: request.endedAt, request })
  }
  if (run.startedAt !== null)
    events.push({
      kind: 'run_started',
      at: run.startedAt,
      id: run.id,
      title: run.title,
      unasked: request === null,
    })
  // A run that was canceled before it began ended with its request, which says so already.
  if (run.finishedAt !== null && (run.startedAt !== null || run.status !== 'canceled' || request === null))
    events.push({ kind: 'run_ended', at: run.finishedAt, id: run.id, status: run.status, reason: run.reason })
  return events
}

const stepEvents = async (tx: Tx, runs: readonly { readonly id: string }[]): Promise<StoryEvent[]> => {
  if (runs.length === 0) return []
  const rows = await tx.db
    .selectFrom('step_execution')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where(
      'run_id',
      'in',
      runs.map((run) => run.id),
    )
    .orderBy('started_at')
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    kind: 'step',
    at: row.finished_at ?? row.started_at,
    runId: row.run_id,
    phase: row.phase,
    title: row.title,
    status: row.status,
    summary: row.summary,
    tookMs:
      row.finished_at === null ? null : row.finished_at.epochMilliseconds - row.started_at.epochMilliseconds,
  }))
}

const refusalEvents = (
  refusals: readonly RecordedRefusal[],
  scope: Scope,
  runs: readonly RunFact[],
): StoryEvent[] => {
  const mine = new Set(recordsOfRuns(runs))
  return refusals
    .filter((refusal) => scope.whole || mine.has(refusal.subject))
    .map((refusal) => ({ kind: 'refused', at: refusal.at, refusal }))
}
