import { sql } from 'kysely'
import type { Alert, AlertStatus, RejectedAlert, Severity } from '../domain/alert.ts'
import type { Tx } from './database.ts'
import { distinct, gathering } from './gathering.ts'
import type { AlertFaces } from './incident.repository.ts'

/** Multi-row statements over alerts. Callers pass rows in fingerprint order, so that concurrent writers never deadlock. */

export interface AlertState {
  readonly fingerprint: string
  readonly status: AlertStatus
  readonly severity: Severity
  readonly startsAt: Temporal.Instant
  readonly claimedStartsAt: Temporal.Instant | null
  readonly incidentId: string | null
}

export const lockAlerts = async (tx: Tx, fingerprints: readonly string[]): Promise<AlertState[]> => {
  if (fingerprints.length === 0) return []
  const { rows } = await sql<AlertState>`select fingerprint, status, severity, starts_at as "startsAt",
      claimed_starts_at as "claimedStartsAt", incident_id as "incidentId"
    from alert where tenant_id = ${tx.tenantId} and fingerprint = any(${fingerprints}::text[])
    order by fingerprint for update`.execute(tx.db)
  return rows
}

export interface AlertRow {
  readonly alert: Alert
  readonly copies: number
  readonly incidentId: string | null
  readonly silencedBy: string | null
}

/** PostgreSQL would round up what the program cuts off, and a resolve of the same start would then look older. */
const wholeMs = { smallestUnit: 'millisecond', roundingMode: 'trunc' } as const

const columnsOf = (rows: readonly AlertRow[]) => sql`unnest(
  ${rows.map((row) => row.alert.fingerprint)}::text[], ${rows.map((row) => row.alert.source)}::text[], ${rows.map((row) => row.alert.status)}::text[],
  ${rows.map((row) => row.alert.severity)}::text[], ${rows.map((row) => row.alert.service)}::text[], ${rows.map((row) => row.alert.title)}::text[],
  ${rows.map((row) => row.alert.summary)}::text[], ${rows.map((row) => JSON.stringify(row.alert.labels))}::jsonb[],
  ${rows.map((row) => JSON.stringify(row.alert.links))}::jsonb[], ${rows.map((row) => row.alert.startsAt.toString(wholeMs))}::timestamptz[],
  ${rows.map((row) => row.alert.endsAt?.toString(wholeMs) ?? null)}::timestamptz[], ${rows.map((row) => row.copies)}::integer[],
  ${rows.map((row) => row.incidentId)}::text[], ${rows.map((row) => row.alert.claimedStartsAt?.toString(wholeMs) ?? null)}::timestamptz[],
  ${rows.map((row) => row.silencedBy)}::text[])
  as given (fingerprint, source, status, severity, service, title, summary, labels, links, starts_at, ends_at, copies, incident_id, claimed_starts_at,
    silenced_by)`

/** How many rows were inserted; fewer than given means that another writer was first. */
export const insertAlerts = async (tx: Tx, rows: readonly AlertRow[]): Promise<number> => {
  if (rows.length === 0) return 0
  const { numAffectedRows } =
    await sql`insert into alert (tenant_id, fingerprint, source, status, severity, service, title, summary,
      labels, links, starts_at, ends_at, first_received_at, last_received_at, received, incident_id, claimed_starts_at, silenced_by)
    select ${tx.tenantId}, fingerprint, source, status, severity, service, title, summary, labels, links, starts_at, ends_at,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz, copies, incident_id, claimed_starts_at, silenced_by
    from ${columnsOf(rows)} on conflict do nothing`.execute(tx.db)
  return Number(numAffectedRows ?? 0)
}

/**
 * Rows that `lockAlerts` has locked, written as an upsert that always conflicts: it finds each row by its key. A join with
 * `unnest` is planned by guessed sizes, and reads the whole table where the guess is wrong.
 */
export const updateAlerts = async (tx: Tx, rows: readonly AlertRow[]): Promise<void> => {
  if (rows.length === 0) return
  await sql`insert into alert (tenant_id, fingerprint, source, status, severity, service, title, summary,
      labels, links, starts_at, ends_at, first_received_at, last_received_at, received, incident_id, claimed_starts_at, silenced_by)
    select ${tx.tenantId}, fingerprint, source, status, severity, service, title, summary, labels, links, starts_at, ends_at,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz, copies, incident_id, claimed_starts_at, silenced_by
    from ${columnsOf(rows)} on conflict (tenant_id, fingerprint) do update set
      status = excluded.status, severity = excluded.severity, title = excluded.title, summary = excluded.summary,
      labels = excluded.labels, links = excluded.links, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
      last_received_at = excluded.last_received_at, received = alert.received + excluded.received,
      incident_id = excluded.incident_id, claimed_starts_at = excluded.claimed_starts_at,
      silenced_by = excluded.silenced_by`.execute(tx.db)
}

/** Copies that say nothing new, of rows that `lockAlerts` has locked: only counted, in the way of `updateAlerts`. */
export const bumpAlerts = async (
  tx: Tx,
  rows: readonly { alert: Alert; copies: number }[],
): Promise<void> => {
  if (rows.length === 0) return
  await sql`insert into alert (tenant_id, fingerprint, source, status, severity, title, summary,
      labels, links, starts_at, first_received_at, last_received_at, received)
    select ${tx.tenantId}, fingerprint, '', 'firing', '', '', '', '{}', '[]', ${tx.now}::timestamptz,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz, copies
    from unnest(${rows.map((row) => row.alert.fingerprint)}::text[], ${rows.map((row) => row.copies)}::integer[]) as given (fingerprint, copies)
    on conflict (tenant_id, fingerprint) do update set
      last_received_at = excluded.last_received_at, received = alert.received + excluded.received`.execute(
    tx.db,
  )
}

export const keepAside = async (
  tx: Tx,
  uuid: () => string,
  rows: readonly (RejectedAlert & { source: string; payload: string })[],
): Promise<void> => {
  if (rows.length === 0) return
  await sql`insert into alert_kept_aside (tenant_id, id, source, received_at, position, field, problem, payload)
    select ${tx.tenantId}, id, source, ${tx.now}::timestamptz, position, field, problem, payload
    from unnest(${rows.map(() => uuid())}::uuid[], ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.index)}::integer[],
      ${rows.map((row) => row.field)}::text[], ${rows.map((row) => row.problem)}::text[], ${rows.map((row) => row.payload)}::text[])
      as aside (id, source, position, field, problem, payload)`.execute(tx.db)
}

export const alertsOfIncident = (tx: Tx, incidentId: string) =>
  tx.db
    .selectFrom('alert')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('starts_at')
    .limit(200)
    .execute()

/** What a thread's head shows of its alerts, for many incidents at once. */
export const alertFacesOf = async (
  tx: Tx,
  incidentIds: readonly string[],
): Promise<Map<string, AlertFaces>> => {
  const { rows } = await sql<{ id: string } & AlertFaces>`select incident_id as id, count(*) as total,
      (array_agg(links order by starts_at, fingerprint))[1] as links
    from alert where tenant_id = ${tx.tenantId} and incident_id = any(${incidentIds}::text[]) group by incident_id`.execute(
    tx.db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** The same for several that are committed together. */
export const alertFacesAlong = gathering<readonly string[], Map<string, AlertFaces>>(async (tx, all) => {
  const faces = await alertFacesOf(tx, distinct(all.flat()))
  return all.map(() => faces)
})
