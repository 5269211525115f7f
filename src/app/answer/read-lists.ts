import type { RunStatus } from '../../domain/run.ts'
import { counted } from '../../message/words.ts'
import type { DecisionFact } from '../../query/answer.ts'
import type { About, outcomes, Query } from '../../query/query.ts'
import {
  type AskedDecisions,
  type AskedIncidents,
  askedDecisions,
  askedIncidents,
  askedRuns,
  countDecisions,
  countIncidents,
  countIncidentsBy,
  countRuns,
} from '../../storage/asked.repository.ts'
import { areChangesRecorded, readChanges } from '../../storage/change.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { incidentFact, recordsOfRuns, runFacts } from './facts.ts'
import { findScope, runsInScope } from './find-scope.ts'
import { noChange, type Reading, unanswerable } from './reading.ts'
import { resolveWhen, within } from './when.ts'

/** A card shows so many; the number beside them is exact. */
const mostListed = 20

const missingOf = (shown: number, total: number): string | null =>
  shown < total ? `${shown} of ${total} are shown, the newest` : null

type Of<S extends Query['subject']> = Extract<Query, { subject: S }>

export const readIncidentList = async (tx: Tx, query: Of<'incidents'>, zone: string): Promise<Reading> => {
  const { versus } = query
  const [when, other] = await Promise.all([
    resolveWhen(tx, query.when),
    versus?.kind === 'when' ? resolveWhen(tx, versus.when) : null,
  ])
  if (when === null) return noChange(query.when)
  if (versus?.kind === 'when' && other === null) return noChange(versus.when)
  const asked: AskedIncidents = {
    span: when.span,
    service: query.about.kind === 'service' ? query.about.name : null,
    state: query.state,
    severity: query.severity,
  }
  const numberAlone = query.count || query.group !== null || versus !== null
  const [total, against, groups, parts, rows] = await Promise.all([
    countIncidents(tx, asked),
    versus === null
      ? null
      : countIncidents(tx, {
          ...asked,
          ...(versus.kind === 'service' ? { service: versus.name } : {}),
          ...(other === null ? {} : { span: other.span }),
        }),
    query.group === null ? null : countIncidentsBy(tx, asked, query.group, zone),
    query.count && query.group === null && versus === null && asked.service === null
      ? countIncidentsBy(tx, asked, 'service', zone)
      : [],
    numberAlone ? [] : askedIncidents(tx, asked, mostListed),
  ])
  return {
    found: { subject: 'incidents', incidents: rows.map(incidentFact), total, groups, against, parts },
    records: [
      ...when.records,
      ...(other?.records ?? []),
      ...(numberAlone ? [counted(total + (against ?? 0), 'incident')] : rows.map((row) => row.id)),
    ],
    missing: numberAlone ? null : missingOf(rows.length, total),
  }
}

const statusesOf = {
  any: null,
  succeeded: ['succeeded'],
  failed: ['failed', 'rollback_failed'],
  rolled_back: ['rolled_back'],
  timed_out: ['timed_out'],
  blocked: ['blocked'],
  unknown: ['unknown'],
  canceled: ['canceled'],
} as const satisfies Record<(typeof outcomes)[number], readonly RunStatus[] | null>

/** The incident of what is asked about, null where it is about more than one; undefined when there is none such. */
const incidentOf = async (tx: Tx, about: About): Promise<string | null | undefined> =>
  about.kind === 'service' || about.kind === 'everything' ? null : (await findScope(tx, about))?.incident.id

export const readRunList = async (tx: Tx, query: Of<'runs'>): Promise<Reading | null> => {
  const when = await resolveWhen(tx, query.when)
  if (when === null) return noChange(query.when)
  const incidentId = await incidentOf(tx, query.about)
  if (incidentId === undefined) return null
  const asked = {
    span: when.span,
    service: query.about.kind === 'service' ? query.about.name : null,
    incidentId,
    playbook: query.playbook,
    statuses: statusesOf[query.outcome],
  }
  const [total, runs] = await Promise.all([
    countRuns(tx, asked),
    askedRuns(tx, asked, query.count ? 5 : mostListed).then((rows) => runFacts(tx, rows)),
  ])
  return {
    found: { subject: 'runs', runs, total },
    records: [...when.records, ...recordsOfRuns(runs)],
    missing: missingOf(runs.length, total),
  }
}

export const readDecisions = async (tx: Tx, query: Of<'decisions'>): Promise<Reading | null> => {
  const when = await resolveWhen(tx, query.when)
  if (when === null) return noChange(query.when)
  const { about } = query
  const incidentId = await incidentOf(tx, about)
  if (incidentId === undefined) return null
  const asked: AskedDecisions = {
    span: when.span,
    person: query.person,
    decision: query.decision === 'any' ? null : query.decision,
    service: about.kind === 'service' ? about.name : null,
    incidentId,
    requestIds: await requestsOf(tx, about),
  }
  const [total, rows] = await Promise.all([countDecisions(tx, asked), askedDecisions(tx, asked, mostListed)])
  const name = await namesOf(
    tx,
    rows.map((row) => row.person_id),
  )
  const decisions = rows.map(
    (row): DecisionFact => ({
      by: name(row.person_id),
      decision: row.decision,
      reason: row.reason,
      at: row.decided_at,
      requestId: row.request_id,
      runId: row.run_id,
      incidentId: row.incident_id,
      title: row.title,
      service: row.service,
    }),
  )
  return {
    found: { subject: 'decisions', decisions, total },
    records: [...when.records, ...decisions.map(({ requestId }) => requestId)],
    missing: missingOf(decisions.length, total),
  }
}

/** Of a run, a request or a proposal those requests alone; null is all. */
const requestsOf = async (tx: Tx, about: About): Promise<string[] | null> => {
  if (about.kind === 'request') return [about.id]
  if (about.kind !== 'run' && about.kind !== 'proposal') return null
  const scope = await findScope(tx, about)
  if (scope === null) return []
  const runs = await runFacts(tx, await runsInScope(tx, scope))
  return runs.flatMap(({ request }) => (request === null ? [] : [request.id]))
}

/** Newest first, Suture's own runs among them. */
export const readChangeList = async (tx: Tx, query: Of<'changes'>): Promise<Reading | null> => {
  const when = await resolveWhen(tx, query.when)
  if (when === null) return noChange(query.when)
  const { about } = query
  const scope = about.kind === 'service' || about.kind === 'everything' ? null : await findScope(tx, about)
  if (scope === null && about.kind !== 'service' && about.kind !== 'everything') return null
  if (scope !== null && scope.incident.service === null)
    return unanswerable(
      `The alerts of ${scope.incident.id} name no service, so nobody knows which changes concern it.`,
      'Ask it of everything, such as “what changed today?”',
    )
  const service = about.kind === 'service' ? about.name : (scope?.incident.service ?? null)
  const services = service === null ? null : [service]
  const found = await readChanges(tx, {
    services,
    ...(when.span === null ? {} : { since: when.span.from }),
    before: when.span === null ? null : { at: when.span.to, id: '' },
    limit: mostListed + 1,
  })
  const changes = found.filter(({ at }) => within(at, when.span)).slice(0, mostListed)
  return {
    found: {
      subject: 'changes',
      changes,
      recorded: services === null || (await areChangesRecorded(tx, services)),
    },
    records: [...when.records, ...changes.map(({ id }) => id)],
    missing: found.length > mostListed ? `only the ${mostListed} newest are shown` : null,
  }
}
