import { type Selectable, sql } from 'kysely'
import type { Alert, AlertLink, AlertSourceName, Severity } from '../domain/alert.ts'
import type { Silence } from '../domain/silence.ts'
import type { Tx } from './database.ts'
import type { SilenceTable } from './silence.table.ts'

export type SilenceRow = Selectable<SilenceTable>

export const asSilence = (row: SilenceRow): Silence => ({
  id: row.id,
  kind: row.kind,
  matchers: row.matchers,
  from: row.from_at,
  until: row.until_at,
  endedAt: row.ended_at,
})

/** Those that have not ended, in force or to come, oldest first. One small index: every batch of alerts asks. */
export const standingSilences = async (tx: Pick<Tx, 'db' | 'tenantId'>): Promise<SilenceRow[]> =>
  tx.db
    .selectFrom('silence')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('ended_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()

export const lockSilence = (tx: Tx, id: string): Promise<SilenceRow | undefined> =>
  tx.db
    .selectFrom('silence')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    // A batch that counts its alerts under it need not wait for this, nor this for the batch.
    .forNoKeyUpdate()
    .executeTakeFirst()

export interface Kept {
  readonly silenceId: string
  readonly alert: Pick<Alert, 'fingerprint' | 'service' | 'title'>
}

/** Which alerts a silence has kept quiet, and how often. In fingerprint order, as the alerts themselves. */
export const countSilenced = async (tx: Tx, kept: readonly Kept[]): Promise<void> => {
  if (kept.length === 0) return
  await sql`insert into silenced_alert (tenant_id, silence_id, fingerprint, service, title, first_at, last_at, occurrences)
    select ${tx.tenantId}, silence_id, fingerprint, service, title, ${tx.now}::timestamptz, ${tx.now}::timestamptz, 1
    from unnest(${kept.map((each) => each.silenceId)}::text[], ${kept.map((each) => each.alert.fingerprint)}::text[],
      ${kept.map((each) => each.alert.service)}::text[], ${kept.map((each) => each.alert.title)}::text[])
      as kept (silence_id, fingerprint, service, title)
    on conflict (tenant_id, silence_id, fingerprint) do update set
      last_at = excluded.last_at, occurrences = silenced_alert.occurrences + 1`.execute(tx.db)
}

interface StillFiringRow {
  readonly fingerprint: string
  readonly source: AlertSourceName
  readonly severity: Severity
  readonly service: string | null
  readonly title: string
  readonly summary: string
  readonly labels: Record<string, string>
  readonly links: AlertLink[]
  readonly starts_at: Temporal.Instant
}

/** Alerts that it keeps quiet and that still fire, locked, in the order in which every writer locks them. */
export const stillFiring = async (tx: Tx, silenceId: string, most: number): Promise<Alert[]> => {
  const { rows } =
    await sql<StillFiringRow>`select fingerprint, source, severity, service, title, summary, labels, links, starts_at
    from alert where tenant_id = ${tx.tenantId} and silenced_by = ${silenceId} and status = 'firing'
    order by fingerprint limit ${most} for update`.execute(tx.db)
  return rows.map(({ starts_at, ...row }) => ({
    ...row,
    status: 'firing',
    startsAt: starts_at,
    endsAt: null,
  }))
}

/** Rows that `stillFiring` has locked. */
export const placeSilenced = async (
  tx: Tx,
  placed: readonly { fingerprint: string; incidentId: string | null; silencedBy: string | null }[],
): Promise<void> => {
  if (placed.length === 0) return
  await sql`update alert set incident_id = placed.incident_id, silenced_by = placed.silenced_by
    from unnest(${placed.map((each) => each.fingerprint)}::text[], ${placed.map((each) => each.incidentId)}::text[],
      ${placed.map((each) => each.silencedBy)}::text[]) as placed (fingerprint, incident_id, silenced_by)
    where alert.tenant_id = ${tx.tenantId} and alert.fingerprint = placed.fingerprint
      and alert.fingerprint = any(${placed.map((each) => each.fingerprint)}::text[])`.execute(tx.db)
}

export interface SilenceWithCount extends SilenceRow {
  /** Alerts that it has kept quiet so far. */
  readonly alerts: number
  readonly set_by_name: string
}

/** Newest first. */
export const readSilences = async (
  tx: Tx,
  filter: {
    readonly standing: boolean
    readonly before: { readonly at: Temporal.Instant; readonly id: string } | null
    readonly limit: number
  },
): Promise<SilenceWithCount[]> => {
  let query = tx.db
    .selectFrom('silence')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'silence.tenant_id').onRef('person.id', '=', 'silence.set_by'),
    )
    .selectAll('silence')
    .select('person.name as set_by_name')
    .select(
      sql<number>`(select count(*) from silenced_alert s where s.tenant_id = silence.tenant_id and s.silence_id = silence.id)`.as(
        'alerts',
      ),
    )
    .where('silence.tenant_id', '=', tx.tenantId)
  if (filter.standing) query = query.where('silence.ended_at', 'is', null)
  const { before } = filter
  if (before !== null)
    query = query.where((eb) =>
      eb(eb.refTuple('silence.created_at', 'silence.id'), '<', eb.tuple(before.at, before.id)),
    )
  return query
    .orderBy('silence.created_at', 'desc')
    .orderBy('silence.id', 'desc')
    .limit(filter.limit)
    .execute()
}

export interface KeptQuiet {
  readonly id: string
  readonly alerts: number
  readonly titles: string[]
}

/** What each of these silences has kept quiet: how many alerts, and the newest titles; of one service alone where it is named. */
export const keptQuiet = async (
  tx: Tx,
  ids: readonly string[],
  { service, titles }: { readonly service: string | null; readonly titles: number },
): Promise<Map<string, KeptQuiet>> => {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<KeptQuiet>`select silence_id as id, count(*) as alerts,
      (array_agg(title order by last_at desc))[1:${titles}] as titles
    from silenced_alert where tenant_id = ${tx.tenantId} and silence_id = any(${[...ids]}::text[])
      and (${service}::text is null or service = ${service})
    group by silence_id`.execute(tx.db)
  return new Map(rows.map((row) => [row.id, row]))
}
