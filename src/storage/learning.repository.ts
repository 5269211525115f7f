import { sql } from 'kysely'
import { type LearningOutcome, neverBegan } from '../domain/learning.ts'
import type { Tx } from './database.ts'

/** One learning row and its rollup, so that figures stay cheap however long the history. A run is learned from once. */
export const recordOutcome = async (tx: Tx, id: string, outcome: LearningOutcome): Promise<void> => {
  await sql`with learned as (
      insert into learning_outcome (tenant_id, id, incident_id, run_id, service, playbook, diagnosis_code, status, recovery, duration_ms, at)
      values (${tx.tenantId}, ${id}, ${outcome.incidentId}, ${outcome.runId}, ${outcome.service}, ${outcome.playbook}, ${outcome.diagnosisCode},
        ${outcome.status}, ${outcome.recovery}, ${outcome.durationMs}, ${tx.now}::timestamptz)
      on conflict do nothing
      returning tenant_id, service, playbook, diagnosis_code, at, status, recovery, duration_ms)
    insert into learning_rollup (tenant_id, service, playbook, diagnosis_code, day, status, recovery, outcomes, total_ms)
    select tenant_id, service, coalesce(playbook, ''), coalesce(diagnosis_code, ''), (at at time zone 'UTC')::date, status, recovery, 1, duration_ms
    from learned
    on conflict (tenant_id, service, playbook, diagnosis_code, day, status, recovery)
    do update set outcomes = learning_rollup.outcomes + 1, total_ms = learning_rollup.total_ms + excluded.total_ms`.execute(
    tx.db,
  )
}

/** The run of this service that was learned from last. */
export const lastRunOf = async (tx: Tx, service: string): Promise<string | null> => {
  const row = await tx.db
    .selectFrom('learning_outcome')
    .select('run_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('service', '=', service)
    .where('run_id', 'is not', null)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.run_id ?? null
}

export interface RollupRow {
  readonly playbook: string
  readonly code: string
  readonly status: string
  readonly recovery: string
  readonly outcomes: number
  readonly totalMs: number
}

/** Summed over days and services; a few dozen rows however long the history. */
export const readRollups = async (tx: Tx): Promise<RollupRow[]> => {
  const { rows } = await sql<RollupRow>`select playbook, diagnosis_code as code, status, recovery,
      sum(outcomes) as outcomes, sum(total_ms) as "totalMs"
    from learning_rollup where tenant_id = ${tx.tenantId} group by 1, 2, 3, 4`.execute(tx.db)
  return rows
}

/** How often a playbook was tried on a diagnosis and worked, and how the last run on a service ended; null for never. */
export interface TrackRecord {
  readonly worked: number
  readonly tried: number
  readonly last: 'worked' | 'failed' | null
}

/** One statement, through indexes: it is asked at every click. */
export const readTrackRecord = async (
  tx: Tx,
  of: { readonly service: string; readonly playbook: string; readonly code: string },
): Promise<TrackRecord> => {
  const worked = sql`status = 'succeeded' and recovery = 'recovered'`
  const began = sql`status <> all(${neverBegan})`
  const { rows } = await sql<TrackRecord>`select coalesce(sum(outcomes), 0)::int as tried,
      coalesce(sum(outcomes) filter (where ${worked}), 0)::int as worked,
      (select case when ${worked} then 'worked' else 'failed' end from learning_outcome
        where tenant_id = ${tx.tenantId} and service = ${of.service} and run_id is not null and ${began}
        order by at desc limit 1) as last
    from learning_rollup
    where tenant_id = ${tx.tenantId} and playbook = ${of.playbook} and diagnosis_code = ${of.code} and ${began}`.execute(
    tx.db,
  )
  return rows[0] ?? { worked: 0, tried: 0, last: null }
}

export interface PastIncidents {
  readonly total: number
  readonly alone: number
  readonly medianMinutes: number | null
  readonly last: {
    readonly id: string
    readonly playbook: string | null
    readonly status: string | null
  } | null
}

/** The last 200 resolved incidents of one group, `exceptId` left out. */
export const readPastIncidents = async (
  tx: Tx,
  groupKey: string,
  exceptId: string,
): Promise<PastIncidents> => {
  const counted = await sql<{ total: number; alone: number; medianMinutes: number | null }>`
    select count(*) as total, count(*) filter (where o.status = 'self_recovered') as alone,
      percentile_cont(0.5) within group (order by (extract(epoch from i.resolved_at - i.opened_at) / 60)::float8) as "medianMinutes"
    from (select * from incident where tenant_id = ${tx.tenantId} and group_key = ${groupKey} and status = 'resolved'
      and id <> ${exceptId} order by resolved_at desc limit 200) i
    left join learning_outcome o on o.tenant_id = i.tenant_id and o.incident_id = i.id and o.status = 'self_recovered'`.execute(
    tx.db,
  )
  const last = await sql<{
    id: string
    playbook: string | null
    status: string | null
  }>`select i.id, o.playbook, o.status from incident i
    left join lateral (select playbook, status from learning_outcome o
      where o.tenant_id = i.tenant_id and o.incident_id = i.id order by at desc limit 1) o on true
    where i.tenant_id = ${tx.tenantId} and i.group_key = ${groupKey} and i.status = 'resolved' and i.id <> ${exceptId}
    order by i.resolved_at desc limit 1`.execute(tx.db)
  const { total = 0, alone = 0, medianMinutes = null } = counted.rows[0] ?? {}
  return { total, alone, medianMinutes, last: last.rows[0] ?? null }
}
