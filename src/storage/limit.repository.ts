import { sql } from 'kysely'
import type { StandingRequest } from '../domain/policy/duplicate.ts'
import type { BackOff } from '../domain/policy/proposal-limit.ts'
import type { RunStatus } from '../domain/run.ts'
import type { Tx } from './database.ts'
import { gathering } from './gathering.ts'

/** A service, and what is wrong with it. */
export interface Ailment {
  readonly service: string
  readonly diagnosisCode: string
}

export interface KnownLimits {
  readonly inLastHour: number
  /** Of the proposals of the last hour, the one that has to grow an hour old before another fits; null while one fits. */
  readonly oldestAt: Temporal.Instant | null
  readonly backOff: BackOff | null
  readonly claim: StandingRequest | null
}

interface LimitRow {
  readonly in_last_hour: number
  readonly oldest_at: Temporal.Instant | null
  readonly failures: number | null
  readonly back_off_until: Temporal.Instant | null
  readonly request_id: string | null
  readonly run_id: string | null
  readonly incident_id: string | null
  readonly run_status: RunStatus | null
  readonly requested_at: Temporal.Instant | null
  readonly expires_at: Temporal.Instant | null
}

/** One statement. What is being proposed for `incidentId` at this moment does not count against itself. */
export const readLimits = async (
  tx: Tx,
  { service, diagnosisCode }: Ailment,
  incidentId: string,
  mostPerHour: number,
): Promise<KnownLimits> => {
  const { rows } = await sql<LimitRow>`
    with lately as (
      select created_at from proposal
      where tenant_id = ${tx.tenantId} and service = ${service} and rank = 0
        and created_at > ${tx.now}::timestamptz - interval '1 hour'
        and not (incident_id = ${incidentId} and withdrawn_at is null)
      order by created_at desc)
    select (select count(*) from lately) as in_last_hour,
      (select created_at from lately offset ${Math.max(0, mostPerHour - 1)} limit 1) as oldest_at,
      b.failures, b.until as back_off_until,
      coalesce(c.request_id, c.run_id) as request_id, c.run_id, r.incident_id, r.status as run_status,
      c.requested_at, c.expires_at
    from (select 1) as one
    left join proposal_back_off b on b.tenant_id = ${tx.tenantId} and b.service = ${service}
      and b.diagnosis_code = ${diagnosisCode} and b.until > ${tx.now}::timestamptz
    left join dedup_claim c on c.tenant_id = ${tx.tenantId} and c.service = ${service}
      and c.diagnosis_code = ${diagnosisCode} and c.expires_at > ${tx.now}::timestamptz
    left join run r on r.tenant_id = c.tenant_id and r.id = c.run_id`.execute(tx.db)
  const [row] = rows
  if (row === undefined) throw new Error('a statement that always has one row had none')
  return {
    inLastHour: row.in_last_hour,
    oldestAt: row.oldest_at,
    backOff:
      row.failures === null || row.back_off_until === null
        ? null
        : { diagnosisCode, failures: row.failures, until: row.back_off_until },
    claim: claimOf(row, diagnosisCode),
  }
}

const claimOf = (row: LimitRow, diagnosisCode: string): StandingRequest | null => {
  const { request_id, run_id, incident_id, run_status, requested_at, expires_at } = row
  if (request_id === null || run_id === null || requested_at === null || expires_at === null) return null
  return {
    requestId: request_id,
    runId: run_id,
    incidentId: incident_id ?? '',
    runStatus: run_status ?? 'canceled',
    diagnosisCode,
    at: requested_at,
    until: expires_at,
  }
}

/** True when it was free, or what stood there has expired. Whoever is second waits for the first's commit. */
const takeClaim = async (
  tx: Tx,
  { service, diagnosisCode }: Ailment,
  expiresAt: Temporal.Instant,
): Promise<boolean> => {
  const { rows } =
    await sql`insert into dedup_claim (tenant_id, service, diagnosis_code, requested_at, expires_at)
    values (${tx.tenantId}, ${service}, ${diagnosisCode}, ${tx.now}::timestamptz, ${expiresAt}::timestamptz)
    on conflict (tenant_id, service, diagnosis_code) do update
      set run_id = null, request_id = null, requested_at = excluded.requested_at, expires_at = excluded.expires_at
      where dedup_claim.expires_at <= ${tx.now}::timestamptz
    returning 1`.execute(tx.db)
  return rows.length > 0
}

/**
 * Takes the place inside a savepoint: should that fail, what was done before it stands. `held`: by an earlier request, and the
 * row is let go of at once, so that the next of many is answered now and not after this commit.
 */
export const claimApart = async (
  tx: Tx,
  about: Ailment,
  expiresAt: Temporal.Instant,
  lockTimeoutMs: number,
): Promise<'taken' | 'held' | { readonly error: unknown }> => {
  const say = (text: string): Promise<unknown> => sql.raw(text).execute(tx.db)
  // Sent together, and each carried out by itself.
  const [, , taken] = await Promise.allSettled([
    say('savepoint dedup'),
    say(`set local lock_timeout = ${lockTimeoutMs}`),
    takeClaim(tx, about, expiresAt),
    say('set local lock_timeout to default'),
  ])
  if (taken.status === 'fulfilled' && taken.value) return 'taken'
  await say('rollback to savepoint dedup')
  return taken.status === 'fulfilled' ? 'held' : { error: taken.reason }
}

export const nameClaim = async (
  tx: Tx,
  { service, diagnosisCode }: Ailment,
  runId: string,
  requestId: string | null,
): Promise<void> => {
  await tx.db
    .updateTable('dedup_claim')
    .set({ run_id: runId, request_id: requestId })
    .where('tenant_id', '=', tx.tenantId)
    .where('service', '=', service)
    .where('diagnosis_code', '=', diagnosisCode)
    .execute()
}

/** From the run of a stage that is done to the run of the next: both belong to one request. */
export const passClaimOn = async (
  tx: Tx,
  { service, diagnosisCode }: Ailment,
  from: string,
  to: { readonly runId: string; readonly requestId: string },
): Promise<void> => {
  await tx.db
    .updateTable('dedup_claim')
    .set({ run_id: to.runId, request_id: to.requestId })
    .where('tenant_id', '=', tx.tenantId)
    .where('service', '=', service)
    .where('diagnosis_code', '=', diagnosisCode)
    .where('run_id', '=', from)
    .execute()
}

/** Does nothing where another run has taken it since. */
export const giveClaimBack = async (
  tx: Tx,
  { service, diagnosisCode }: Ailment,
  runId: string,
): Promise<void> => {
  await tx.db
    .deleteFrom('dedup_claim')
    .where('tenant_id', '=', tx.tenantId)
    .where('service', '=', service)
    .where('diagnosis_code', '=', diagnosisCode)
    .where('run_id', '=', runId)
    .execute()
}

/** One more failure in a row: the wait that belongs to their number begins now. `waitsMs`: see `backOffWaits`. */
export const backOff = (tx: Tx, about: Ailment, waitsMs: readonly number[]): Promise<void> =>
  backOffs(tx, { ...about, waitsMs })

const backOffs = gathering<Ailment & { readonly waitsMs: readonly number[] }, void>(async (tx, all) => {
  // One after the other, because several may be of the same row; in one order, so that nobody waits in a circle.
  await Promise.all(all.toSorted(byAilment).map((each) => countFailure(tx, each)))
  return all.map(() => undefined)
})

const byAilment = (one: Ailment, other: Ailment): number => {
  const [first, second] = [one, other].map(({ service, diagnosisCode }) => `${service} ${diagnosisCode}`)
  return (first ?? '') < (second ?? '') ? -1 : 1
}

const countFailure = async (
  tx: Tx,
  { service, diagnosisCode, waitsMs }: Ailment & { readonly waitsMs: readonly number[] },
): Promise<void> => {
  const after = (failures: ReturnType<typeof sql>) =>
    sql`${tx.now}::timestamptz + make_interval(secs => (${[...waitsMs]}::float8[])[least(${failures}, ${waitsMs.length}::integer)] / 1000)`
  await sql`insert into proposal_back_off (tenant_id, service, diagnosis_code, failures, until)
    values (${tx.tenantId}, ${service}, ${diagnosisCode}, 1, ${after(sql`1`)})
    on conflict (tenant_id, service, diagnosis_code) do update
      set failures = proposal_back_off.failures + 1, until = ${after(sql`proposal_back_off.failures + 1`)}`.execute(
    tx.db,
  )
}

export const endBackOff = gathering<Ailment, void>(async (tx, all) => {
  await sql`delete from proposal_back_off where tenant_id = ${tx.tenantId}
    and (service, diagnosis_code) in (select service, diagnosis_code from proposal_back_off where tenant_id = ${tx.tenantId}
      and (service, diagnosis_code) in (select * from unnest(${all.map(({ service }) => service)}::text[],
        ${all.map(({ diagnosisCode }) => diagnosisCode)}::text[])) order by service, diagnosis_code for update)`.execute(
    tx.db,
  )
  return all.map(() => undefined)
})
