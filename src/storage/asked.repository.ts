import { type SqlBool, sql } from 'kysely'
import type { Severity } from '../domain/alert.ts'
import type { RunStatus } from '../domain/run.ts'
import type { Tx } from './database.ts'
import type { IncidentRow } from './incident.repository.ts'
import type { RunRow } from './run.repository.ts'

/** Lists and exact numbers that a question asks for: of a span, a service, a person. */

export interface AskedSpan {
  readonly from: Temporal.Instant
  /** Exclusive. */
  readonly to: Temporal.Instant
}

export interface AskedIncidents {
  readonly span: AskedSpan | null
  readonly service: string | null
  readonly state: 'any' | 'open' | 'resolved'
  readonly severity: Severity | null
}

/** Those that were opened in the span; of resolved ones those that were resolved in it. */
const incidents = (tx: Tx, { span, service, state, severity }: AskedIncidents) => {
  const at = state === 'resolved' ? ('resolved_at' as const) : ('opened_at' as const)
  let query = tx.db.selectFrom('incident').where('tenant_id', '=', tx.tenantId)
  if (span !== null) query = query.where(at, '>=', span.from).where(at, '<', span.to)
  if (service !== null) query = query.where('service', '=', service)
  if (state === 'open') query = query.where('status', '<>', 'resolved')
  if (state === 'resolved') query = query.where('status', '=', 'resolved')
  if (severity !== null) query = query.where('severity', '=', severity)
  return { query, at }
}

/** Newest first. */
export const askedIncidents = (tx: Tx, asked: AskedIncidents, limit: number): Promise<IncidentRow[]> => {
  const { query, at } = incidents(tx, asked)
  return query.selectAll().orderBy(at, 'desc').orderBy('id', 'desc').limit(limit).execute()
}

export const countIncidents = async (tx: Tx, asked: AskedIncidents): Promise<number> => {
  const { total } = await incidents(tx, asked)
    .query.select((eb) => eb.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** Most first by service, in order by day. A day is one of the zone. */
export const countIncidentsBy = async (
  tx: Tx,
  asked: AskedIncidents,
  group: 'service' | 'day',
  zone: string,
): Promise<{ key: string; count: number }[]> => {
  const { query, at } = incidents(tx, asked)
  const key =
    group === 'service'
      ? sql<string>`coalesce(service, '')`
      : sql<string>`to_char(${sql.ref(at)} at time zone ${zone}, 'YYYY-MM-DD')`
  const rows = await query
    .select((eb) => [key.as('key'), eb.fn.countAll<string>().as('count')])
    .groupBy(sql`1`)
    .orderBy(sql`${group === 'service' ? sql`2 desc, 1` : sql`1`}`)
    .execute()
  return rows.map((row) => ({ key: row.key, count: Number(row.count) }))
}

export interface AskedRuns {
  readonly span: AskedSpan | null
  readonly service: string | null
  readonly incidentId: string | null
  readonly playbook: string | null
  /** Null is any. */
  readonly statuses: readonly RunStatus[] | null
}

const runs = (tx: Tx, { span, service, incidentId, playbook, statuses }: AskedRuns) => {
  let query = tx.db.selectFrom('run').where('run.tenant_id', '=', tx.tenantId)
  if (span !== null)
    query = query.where('run.created_at', '>=', span.from).where('run.created_at', '<', span.to)
  if (incidentId !== null) query = query.where('run.incident_id', '=', incidentId)
  if (statuses !== null) query = query.where('run.status', 'in', statuses)
  if (service !== null || playbook !== null)
    query = query.where(
      sql<SqlBool>`exists (select from proposal where proposal.tenant_id = run.tenant_id and proposal.id = run.proposal_id
        and (${service}::text is null or proposal.body->>'service' = ${service})
        and (${playbook}::text is null or proposal.playbook = ${playbook}))`,
    )
  return query
}

/** Newest first. */
export const askedRuns = (tx: Tx, asked: AskedRuns, limit: number): Promise<RunRow[]> =>
  runs(tx, asked)
    .selectAll('run')
    .orderBy('run.created_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(limit)
    .execute()

export const countRuns = async (tx: Tx, asked: AskedRuns): Promise<number> => {
  const { total } = await runs(tx, asked)
    .select((eb) => eb.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

export interface AskedDecisions {
  readonly span: AskedSpan | null
  readonly person: string | null
  readonly decision: 'approve' | 'reject' | null
  readonly service: string | null
  readonly incidentId: string | null
  readonly requestIds: readonly string[] | null
}

const decisions = (tx: Tx, asked: AskedDecisions) => {
  const { span, person, decision, service, incidentId, requestIds } = asked
  let query = tx.db
    .selectFrom('approval_decision as vote')
    .innerJoin('approval_request as request', (join) =>
      join.onRef('request.tenant_id', '=', 'vote.tenant_id').onRef('request.id', '=', 'vote.request_id'),
    )
    .innerJoin('proposal', (join) =>
      join
        .onRef('proposal.tenant_id', '=', 'request.tenant_id')
        .onRef('proposal.id', '=', 'request.proposal_id'),
    )
    .where('vote.tenant_id', '=', tx.tenantId)
  if (span !== null)
    query = query.where('vote.decided_at', '>=', span.from).where('vote.decided_at', '<', span.to)
  if (person !== null) query = query.where('vote.person_id', '=', person)
  if (decision !== null) query = query.where('vote.decision', '=', decision)
  if (incidentId !== null) query = query.where('request.incident_id', '=', incidentId)
  if (requestIds !== null)
    query = query.where('request.id', 'in', requestIds.length === 0 ? [''] : requestIds)
  if (service !== null) query = query.where(sql<SqlBool>`proposal.body->>'service' = ${service}`)
  return query
}

/** Newest first. */
export const askedDecisions = (tx: Tx, asked: AskedDecisions, limit: number) =>
  decisions(tx, asked)
    .select((eb) => [
      'vote.person_id',
      'vote.decision',
      'vote.reason',
      'vote.decided_at',
      'request.id as request_id',
      'request.run_id',
      'request.incident_id',
      eb.ref('proposal.body', '->>').key('playbookTitle').as('title'),
      eb.ref('proposal.body', '->>').key('service').as('service'),
    ])
    .orderBy('vote.decided_at', 'desc')
    .orderBy('vote.request_id', 'desc')
    .limit(limit)
    .execute()

export const countDecisions = async (tx: Tx, asked: AskedDecisions): Promise<number> => {
  const { total } = await decisions(tx, asked)
    .select((eb) => eb.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** Everybody whom a question may call by name, those who are gone too; in order of id. */
export const peopleToName = (tx: Tx, limit: number): Promise<{ id: string; name: string }[]> =>
  tx.db
    .selectFrom('person')
    .select(['id', 'name'])
    .where('tenant_id', '=', tx.tenantId)
    .where('kind', '=', 'human')
    .orderBy('id')
    .limit(limit)
    .execute()
