import { sql } from 'kysely'
import { bucketOf } from '../domain/learning/recovery-time.ts'
import { type LearningOutcome, neverBegan } from '../domain/learning.ts'
import type { Tx } from './database.ts'
import { gathering, rowsAsJson } from './gathering.ts'

/**
 * One learning row and its sums at every grain, so that figures stay cheap however long the history. A run is learned from
 * once, and so is an incident that got well alone, however often it flaps.
 */
export const recordOutcome = (tx: Tx, id: string, outcome: LearningOutcome): Promise<void> =>
  recordOutcomes(tx, { ...outcome, id })

const recordOutcomes = gathering<LearningOutcome & { readonly id: string }, void>(async (tx, outcomes) => {
  const rows = outcomes.map((each) => ({
    id: each.id,
    incident_id: each.incidentId,
    run_id: each.runId,
    service: each.service,
    playbook: each.playbook,
    diagnosis_code: each.diagnosisCode,
    status: each.status,
    recovery: each.recovery,
    duration_ms: each.durationMs,
    stated: each.stated,
  }))
  // Sums in one order each: two who learn of the same things wait, and not in a circle.
  await sql`with learned as (
      insert into learning_outcome (tenant_id, id, incident_id, run_id, service, playbook, diagnosis_code, status, recovery, duration_ms, at, stated)
      select ${tx.tenantId}, id, incident_id, run_id, service, playbook, diagnosis_code, status, recovery, duration_ms, ${tx.now}::timestamptz, stated
      from jsonb_populate_recordset(null::learning_outcome, ${rowsAsJson(rows)}::jsonb)
      on conflict do nothing
      returning *), kind as (
      select tenant_id, service, coalesce(playbook, '') as playbook, coalesce(diagnosis_code, '') as diagnosis_code, status, recovery, at,
        count(*) as outcomes, sum(duration_ms)::bigint as total_ms
      from learned group by 1, 2, 3, 4, 5, 6, 7 order by 2, 3, 4, 5, 6), in_total as (
    insert into learning_total (tenant_id, service, playbook, diagnosis_code, status, recovery, outcomes, total_ms)
      select tenant_id, service, playbook, diagnosis_code, status, recovery, outcomes, total_ms from kind
      on conflict (tenant_id, playbook, diagnosis_code, service, status, recovery)
      do update set outcomes = learning_total.outcomes + excluded.outcomes, total_ms = learning_total.total_ms + excluded.total_ms), in_day as (
    insert into learning_rollup (tenant_id, service, playbook, diagnosis_code, day, status, recovery, outcomes, total_ms)
      select tenant_id, service, playbook, diagnosis_code, (at at time zone 'UTC')::date, status, recovery, outcomes, total_ms from kind
      on conflict (tenant_id, service, playbook, diagnosis_code, day, status, recovery)
      do update set outcomes = learning_rollup.outcomes + excluded.outcomes, total_ms = learning_rollup.total_ms + excluded.total_ms), in_hour as (
    insert into learning_hour (tenant_id, hour, service, playbook, diagnosis_code, status, recovery, outcomes, total_ms)
      select tenant_id, date_trunc('hour', at, 'UTC'), service, playbook, diagnosis_code, status, recovery, outcomes, total_ms from kind
      on conflict (tenant_id, hour, service, playbook, diagnosis_code, status, recovery)
      do update set outcomes = learning_hour.outcomes + excluded.outcomes, total_ms = learning_hour.total_ms + excluded.total_ms)
    insert into calibration (tenant_id, playbook, tenth, outcomes, worked, stated_sum)
      select tenant_id, coalesce(playbook, ''), least(9, floor(stated * 10)) as tenth, count(*),
        count(*) filter (where status = 'succeeded' and recovery = 'recovered'), sum(stated)
      from learned where stated is not null and status <> all(${neverBegan}) group by 1, 2, 3 order by 2, 3
      on conflict (tenant_id, playbook, tenth)
      do update set outcomes = calibration.outcomes + excluded.outcomes, worked = calibration.worked + excluded.worked,
        stated_sum = calibration.stated_sum + excluded.stated_sum`.execute(tx.db)
  return outcomes.map(() => undefined)
})

export interface RecoveredIn {
  readonly service: string | null
  readonly ms: number
  /** Without a run. */
  readonly alone: boolean
}

/** What an incident's end adds to the times to recover. */
export const recordRecovery = (tx: Tx, recovered: RecoveredIn): Promise<void> =>
  countRecovery(tx, recovered, tx.now, 1)

/** It was no end: the incident is open again, and is counted when it ends. `at`: when it had resolved. */
export const takeRecoveryBack = (tx: Tx, recovered: RecoveredIn, at: Temporal.Instant): Promise<void> =>
  countRecovery(tx, recovered, at, -1)

const countRecovery = async (
  tx: Tx,
  { service, ms, alone }: RecoveredIn,
  at: Temporal.Instant,
  times: 1 | -1,
): Promise<void> => {
  await sql`with this as (select ${tx.tenantId}::text as tenant_id, ${service ?? ''}::text as service,
        ${bucketOf(ms)}::smallint as bucket, ${times}::int as incidents, ${alone}::boolean::int * ${times}::int as alone,
        ${ms}::bigint * ${times}::int as ms), in_day as (
    insert into recovery_day (tenant_id, day, service, bucket, incidents, alone, total_ms)
      select tenant_id, (${at}::timestamptz at time zone 'UTC')::date, service, bucket, incidents, alone, ms from this
      on conflict (tenant_id, day, service, bucket) do update set incidents = recovery_day.incidents + excluded.incidents,
        alone = recovery_day.alone + excluded.alone, total_ms = recovery_day.total_ms + excluded.total_ms)
    insert into recovery_total (tenant_id, service, bucket, incidents, alone, total_ms)
      select tenant_id, service, bucket, incidents, alone, ms from this
      on conflict (tenant_id, service, bucket) do update set incidents = recovery_total.incidents + excluded.incidents,
        alone = recovery_total.alone + excluded.alone, total_ms = recovery_total.total_ms + excluded.total_ms`.execute(
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

/** Summed over services; a few dozen rows however long the history. */
export const readRollups = gathering<'all', readonly RollupRow[]>(
  async (tx, all) => {
    const { rows } = await sql<RollupRow>`select playbook, diagnosis_code as code, status, recovery,
      sum(outcomes) as outcomes, sum(total_ms) as "totalMs"
    from learning_total where tenant_id = ${tx.tenantId} group by 1, 2, 3, 4`.execute(tx.db)
    return all.map(() => rows)
  },
  { afterWrites: true },
)

/** How often a playbook was tried on a diagnosis and worked, and how the last run on a service ended; null for never. */
export interface TrackRecord {
  readonly worked: number
  readonly tried: number
  readonly last: 'worked' | 'failed' | null
}

/** Through indexes: it is asked at every click. What is true of the playbook is summed once for all who ask. */
export const readTrackRecord = gathering<
  { readonly service: string; readonly playbook: string; readonly code: string },
  TrackRecord
>(async (tx, all) => {
  const worked = sql`status = 'succeeded' and recovery = 'recovered'`
  const began = sql`status <> all(${neverBegan})`
  const texts = (value: (of: (typeof all)[number]) => string) => sql`${all.map(value)}::text[]`
  const { rows } = await sql<TrackRecord & { readonly at: number }>`with asked as (
      select * from unnest(${texts(({ service }) => service)}, ${texts(({ playbook }) => playbook)}, ${texts(({ code }) => code)})
        with ordinality as of (service, playbook, code, at)), summed as materialized (
      select of.playbook, of.code, sums.* from (select distinct playbook, code from asked) of cross join lateral (
        select coalesce(sum(outcomes), 0)::int as tried, coalesce(sum(outcomes) filter (where ${worked}), 0)::int as worked
        from learning_total where tenant_id = ${tx.tenantId} and playbook = of.playbook and diagnosis_code = of.code and ${began}) sums)
    select asked.at, tried, worked, (select case when ${worked} then 'worked' else 'failed' end from learning_outcome
        where tenant_id = ${tx.tenantId} and service = asked.service and run_id is not null and ${began}
        order by learning_outcome.at desc limit 1) as last
    from asked join summed using (playbook, code)`.execute(tx.db)
  return all.map((_, at) => rows.find((row) => row.at === at + 1) ?? { worked: 0, tried: 0, last: null })
})

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
