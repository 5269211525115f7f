import type { AuditEvent } from '../../domain/audit.ts'
import { dependentsOf } from '../../domain/dependents.ts'
import { triageTitles } from '../../domain/diagnosis.ts'
import { evidenceTitles } from '../../domain/evidence.ts'
import type { Recovery } from '../../domain/learning.ts'
import { isRejection } from '../../domain/rejection.ts'
import { postmortem } from '../../message/postmortem.ts'
import type { PostmortemFacts, RunOfPostmortem } from '../../message/postmortem-facts.ts'
import type { RunFact, StoryEvent } from '../../query/answer.ts'
import { line } from '../../query/line.ts'
import { runWords, sentenceOf } from '../../query/tell-story.ts'
import { alertsOfIncident } from '../../storage/alert.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { findScope } from '../answer/find-scope.ts'
import { mostEvidence, wholeStory } from '../answer/read-story.ts'
import type { App } from '../app.ts'
import { evidenceOf, maxEvidence } from './incident.ts'
import { maxMessages, messagesOf } from './thread.ts'
import { readTimeline, type TimelineEntry } from './timeline.ts'

export interface PostmortemView {
  readonly incidentId: string
  readonly fileName: string
  readonly markdown: string
}

/** The draft of an incident, made anew from what is recorded at each call; null when there is no such incident. */
export const readPostmortem = async (
  app: App,
  tenantId: string,
  incidentId: string,
): Promise<PostmortemView | null> => {
  const facts = await gather(app, tenantId, incidentId)
  return facts === null
    ? null
    : { incidentId, fileName: `postmortem-${incidentId}.md`, markdown: postmortem(facts) }
}

const gather = async (app: App, tenantId: string, incidentId: string): Promise<PostmortemFacts | null> => {
  const { catalogue, serviceOf } = await app.configuration.of(tenantId)
  const { entries, cut } = await entriesOf(app, tenantId, incidentId)
  return inTenant(app.store, tenantId, async (tx) => {
    const scope = await findScope(tx, { kind: 'incident', id: incidentId })
    if (scope === null) return null
    const { incident } = scope
    const story = await wholeStory(tx, scope)
    const evidence = await evidenceOf(tx, incidentId)
    const messages = await messagesOf(tx, incidentId)
    const alerts = await alertsOfIncident(tx, incidentId)
    const recoveryOf = await recoveriesOf(
      tx,
      story.runs.map(({ id }) => id),
    )
    const service = incident.service === null ? undefined : serviceOf(incident.service)
    return {
      incident: {
        id: incident.id,
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        openedAt: incident.opened_at,
        resolvedAt: incident.resolved_at,
        flaps: incident.flaps,
        service: incident.service,
      },
      service:
        service === undefined
          ? null
          : { owner: service.owner, dependents: dependentsOf(catalogue, service.name) },
      zone: service?.timeZone ?? 'UTC',
      alerts: {
        count: alerts.length,
        sources: [...new Set(alerts.map(({ source }) => source))],
        firedAt: alerts[0]?.starts_at ?? null,
      },
      timeline: [
        ...story.events.map((event) => ({ at: event.at, text: sentenceOf(event).text })),
        ...entries.map(({ at, text }) => ({ at: Temporal.Instant.from(at), text: line(text).text })),
        ...messages.flatMap(({ at, item }) =>
          item.kind === 'message' ? [{ at, text: line(item.author, ` wrote: ${item.body}`).text }] : [],
        ),
      ].sort((one, other) => Temporal.Instant.compare(one.at, other.at)),
      evidence: evidence.toReversed().map((each) => ({
        id: each.id,
        source: evidenceTitles[each.source],
        status: each.status,
        summary: each.summary,
        at: Temporal.Instant.from(each.observedAt),
      })),
      hypotheses: (incident.diagnosis?.hypotheses ?? []).map((each) => ({
        title: triageTitles[each.code],
        likelihood: each.likelihood,
        evidenceFor: each.evidenceFor,
        evidenceAgainst: each.evidenceAgainst,
      })),
      proposals: story.events.filter((event) => event.kind === 'proposed'),
      refusals: story.events.flatMap((event) =>
        event.kind === 'refused' ? [{ ...event.refusal, by: event.refusal.by.name }] : [],
      ),
      runs: story.runs.toReversed().map((run) => runOf(run, recoveryOf, story.events)),
      records: [
        ...story.records,
        ...entries.map(({ leafHash }) => `audit ${leafHash.slice(0, 8)}`),
        ...evidence.map(({ id }) => id),
      ],
      missing: [
        ...(story.missing === null && !cut ? [] : ['the history is longer than what was read']),
        ...(messages.length < maxMessages
          ? []
          : [`of the messages only the newest ${maxMessages} were read`]),
        ...(evidence.length <= mostEvidence
          ? []
          : [`the timeline has the first ${mostEvidence} pieces of evidence alone`]),
        ...(evidence.length < maxEvidence
          ? []
          : [`of the evidence only the newest ${maxEvidence} were read`]),
        ...(alerts.length < mostAlerts ? [] : [`of the alerts only the first ${mostAlerts} were read`]),
      ],
      asOf: tx.now,
    }
  })
}

/** What the story of an answer leaves out for shortness, and a postmortem wants to know. */
const alsoTold: ReadonlySet<string> = new Set<AuditEvent>([
  'proposal_edited',
  'approval_revoked',
  'approval_handed_over',
  'approval_escalated',
  'override_requested',
  'override_granted',
  'break_glass_used',
  'duplicate_check_failed',
  'run_cancel_requested',
  'run_resolution',
])
const mostPages = 10

const entriesOf = async (
  app: App,
  tenantId: string,
  incidentId: string,
): Promise<{ entries: readonly TimelineEntry[]; cut: boolean }> => {
  const entries: TimelineEntry[] = []
  let after: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const read = await readTimeline(app, tenantId, incidentId, { limit: 200, after })
    if (read === null || isRejection(read)) break
    entries.push(...read.items.filter(({ event }) => alsoTold.has(event)))
    if (read.next === null) return { entries, cut: false }
    after = read.next
  }
  return { entries, cut: true }
}

/** As `alertsOfIncident` reads them. */
const mostAlerts = 200

/** What was measured of each run that has ended. */
const recoveriesOf = async (tx: Tx, runIds: readonly string[]): Promise<ReadonlyMap<string, Recovery>> => {
  if (runIds.length === 0) return new Map()
  const rows = await tx.db
    .selectFrom('learning_outcome')
    .select(['run_id', 'recovery'])
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', 'in', runIds)
    .execute()
  return new Map(
    rows.flatMap(({ run_id, recovery }) => (run_id === null ? [] : [[run_id, recovery] as const])),
  )
}

const runOf = (
  run: RunFact,
  recoveryOf: ReadonlyMap<string, Recovery>,
  events: readonly StoryEvent[],
): RunOfPostmortem => ({
  id: run.id,
  title: run.title,
  status: run.status,
  ended: runWords[run.status],
  reason: run.reason,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt,
  recovery: recoveryOf.get(run.id) ?? null,
  undone: events.flatMap((event) =>
    event.kind === 'step' &&
    event.runId === run.id &&
    event.phase === 'rollback' &&
    event.status === 'succeeded'
      ? [event.title]
      : [],
  ),
  request:
    run.request === null
      ? null
      : {
          id: run.request.id,
          status: run.request.status,
          requester: run.request.requester.name,
          requestedAt: run.request.requestedAt,
          endedAt: run.request.endedAt,
          votes: run.request.votes.map((vote) => ({ ...vote, by: vote.by.name })),
        },
})
