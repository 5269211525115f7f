import { sql } from 'kysely'
import type { LearningOutcome } from '../domain/learning.ts'
import type { Tx } from './database.ts'

/** One learning row and its rollup, so that figures stay cheap however long the history. A run is learned from once. */
export const recordOutcome = async (tx: Tx, id: string, outcome: LearningOutcome): Promise<void> => {
  const inserted = await tx.db
    .insertInto('learning_outcome')
    .values({
      tenant_id: tx.tenantId,
      id,
      incident_id: outcome.incidentId,
      run_id: outcome.runId,
      service: outcome.service,
      playbook: outcome.playbook,
      diagnosis_code: outcome.diagnosisCode,
      status: outcome.status,
      recovery: outcome.recovery,
      duration_ms: outcome.durationMs,
      at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return
  await sql`insert into learning_rollup (tenant_id, service, playbook, diagnosis_code, day, status, recovery, outcomes, total_ms)
    values (${tx.tenantId}, ${outcome.service}, ${outcome.playbook ?? ''}, ${outcome.diagnosisCode ?? ''}, (${tx.now}::timestamptz at time zone 'UTC')::date,
      ${outcome.status}, ${outcome.recovery}, 1, ${outcome.durationMs})
    on conflict (tenant_id, service, playbook, diagnosis_code, day, status, recovery)
    do update set outcomes = learning_rollup.outcomes + 1, total_ms = learning_rollup.total_ms + excluded.total_ms`.execute(
    tx.db,
  )
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
