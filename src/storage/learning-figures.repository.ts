import { type RawBuilder, sql } from 'kysely'
import type { TenthSum } from '../domain/learning/calibration.ts'
import type { OutcomeSum } from '../domain/learning/figures.ts'
import { grainsOf, type Span } from '../domain/learning/grains.ts'
import { bucketOf, type RecoverySum } from '../domain/learning/recovery-time.ts'
import type { Tx } from './database.ts'

/** Sums that figures are read from. What is read grows with the span that is asked for, never with the history. */

export const figureGroups = ['playbook', 'service', 'diagnosis', 'day'] as const
export type FigureGroup = (typeof figureGroups)[number]

export interface FigureFilter {
  readonly service?: string | null
  readonly playbook?: string | null
  readonly diagnosis?: string | null
}

/** Of a span, or of everything. `zone` says where a day begins. */
export const readOutcomeSums = async (
  tx: Tx,
  span: Span | null,
  { service = null, playbook = null, diagnosis = null }: FigureFilter,
  group: FigureGroup | null,
  zone: string,
): Promise<OutcomeSum[]> => {
  const source =
    span === null && group !== 'day' ? totals : parts(span ?? always, group === 'day' ? zone : null)
  const { rows } = await sql<OutcomeSum>`select ${keyOf(group, zone)} as key, status, recovery,
      sum(outcomes)::bigint as outcomes, sum(total_ms)::bigint as "totalMs"
    from (${source}) as part
    where tenant_id = ${tx.tenantId} and (${service}::text is null or service = ${service})
      and (${playbook}::text is null or playbook = ${playbook})
      and (${diagnosis}::text is null or diagnosis_code = ${diagnosis})
    group by 1, 2, 3 order by 1, 2, 3`.execute(tx.db)
  return rows
}

const always: Span = {
  from: Temporal.Instant.from('2000-01-01T00:00:00Z'),
  to: Temporal.Instant.from('2200-01-01T00:00:00Z'),
}

const kind = sql.raw('tenant_id, service, playbook, diagnosis_code, status, recovery')
const totals = sql`select ${kind}, outcomes, total_ms, null::timestamptz as at from learning_total`

/** Days of a zone can only be told from hours, and where its clock is not a whole number of hours off, from outcomes. */
const parts = (span: Span, zone: string | null): RawBuilder<unknown> => {
  const grains =
    zone === null
      ? grainsOf(span)
      : wholeHours(span, zone)
        ? { ...grainsOf(span), ...hoursOnly(grainsOf(span)) }
        : { days: [], hours: [], outcomes: [span] }
  return sql.join(
    [
      ...grains.days.map(
        ({ from, to }) => sql`select ${kind}, outcomes, total_ms, null::timestamptz as at from learning_rollup
          where day >= (${from}::timestamptz at time zone 'UTC')::date and day < (${to}::timestamptz at time zone 'UTC')::date`,
      ),
      ...grains.hours.map(
        ({ from, to }) => sql`select ${kind}, outcomes, total_ms, hour as at from learning_hour
          where hour >= ${from}::timestamptz and hour < ${to}::timestamptz`,
      ),
      ...grains.outcomes.map(
        ({
          from,
          to,
        }) => sql`select tenant_id, service, coalesce(playbook, '') as playbook, coalesce(diagnosis_code, '') as diagnosis_code,
            status, recovery, 1 as outcomes, duration_ms as total_ms, at from learning_outcome
          where at >= ${from}::timestamptz and at < ${to}::timestamptz`,
      ),
      // A span of nothing is answered with nothing.
      sql`select ${kind}, outcomes, total_ms, null::timestamptz as at from learning_total where false`,
    ],
    sql` union all `,
  )
}

const hoursOnly = ({ days, hours }: { days: readonly Span[]; hours: readonly Span[] }) => ({
  days: [],
  hours: [...hours, ...days],
})

const hourNs = 3_600_000_000_000
/** In the whole span: a zone may be a whole number of hours off in summer alone, or since some year. */
const wholeHours = ({ from, to }: Span, zone: string): boolean => {
  let at: Temporal.ZonedDateTime | null = from.toZonedDateTimeISO(zone)
  while (at !== null && at.epochMilliseconds <= to.epochMilliseconds) {
    if (at.offsetNanoseconds % hourNs !== 0) return false
    at = at.getTimeZoneTransition('next')
  }
  return true
}

const keyOf = (group: FigureGroup | null, zone: string): RawBuilder<unknown> => {
  switch (group) {
    case null:
      return sql`''`
    case 'playbook':
      return sql`playbook`
    case 'service':
      return sql`service`
    case 'diagnosis':
      return sql`diagnosis_code`
    case 'day':
      return sql`to_char(at at time zone ${zone}, 'YYYY-MM-DD')`
  }
}

/** Of the days in UTC that a span touches whole, and of the incidents that were resolved at its edges; null is everything. */
export const readRecoverySums = async (
  tx: Tx,
  span: Span | null,
  service: string | null,
  group: 'service' | 'day' | null,
  zone: string,
): Promise<RecoverySum[]> => {
  if (group === 'day') return readResolved(tx, span ?? always, service, zone)
  const key = group === 'service' ? sql`service` : sql`''`
  const only = sql`tenant_id = ${tx.tenantId} and (${service}::text is null or service = ${service})`
  if (span === null) {
    const { rows } = await sql<RecoverySum>`select ${key} as key, bucket, sum(incidents)::bigint as incidents,
        sum(alone)::bigint as alone, sum(total_ms)::bigint as "totalMs"
      from recovery_total where ${only} group by 1, 2`.execute(tx.db)
    return rows
  }
  const { days, hours, outcomes } = grainsOf(span)
  const sums: RecoverySum[] = []
  for (const { from, to } of days) {
    const { rows } = await sql<RecoverySum>`select ${key} as key, bucket, sum(incidents)::bigint as incidents,
        sum(alone)::bigint as alone, sum(total_ms)::bigint as "totalMs"
      from recovery_day where ${only}
        and day >= (${from}::timestamptz at time zone 'UTC')::date and day < (${to}::timestamptz at time zone 'UTC')::date
      group by 1, 2`.execute(tx.db)
    sums.push(...rows)
  }
  for (const edge of [...hours, ...outcomes])
    for (const each of await readResolved(tx, edge, service, null))
      sums.push({ ...each, key: group === 'service' ? each.key : '' })
  return sums
}

/** One by one, by service or by day of a zone. */
const readResolved = async (
  tx: Tx,
  { from, to }: Span,
  service: string | null,
  zone: string | null,
): Promise<RecoverySum[]> => {
  const key =
    zone === null ? sql`coalesce(service, '')` : sql`to_char(resolved_at at time zone ${zone}, 'YYYY-MM-DD')`
  const { rows } = await sql<{ key: string; ms: number; alone: boolean }>`select ${key} as key,
      (extract(epoch from resolved_at - opened_at) * 1000)::bigint as ms,
      not exists (select from run r where r.tenant_id = i.tenant_id and r.incident_id = i.id and r.started_at is not null) as alone
    from incident i where tenant_id = ${tx.tenantId} and status = 'resolved'
      and resolved_at >= ${from}::timestamptz and resolved_at < ${to}::timestamptz
      and (${service}::text is null or coalesce(service, '') = ${service})
    order by 1`.execute(tx.db)
  return rows.map(({ key: of, ms, alone }) => ({
    key: of,
    bucket: bucketOf(ms),
    incidents: 1,
    alone: alone ? 1 : 0,
    totalMs: ms,
  }))
}

export const readTenths = async (tx: Tx, playbook: string | null): Promise<TenthSum[]> => {
  const { rows } =
    await sql<TenthSum>`select tenth, sum(outcomes)::bigint as outcomes, sum(worked)::bigint as worked,
      sum(stated_sum) as "statedSum"
    from calibration where tenant_id = ${tx.tenantId} and (${playbook}::text is null or playbook = ${playbook})
    group by 1 order by 1`.execute(tx.db)
  return rows
}
