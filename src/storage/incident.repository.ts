import { type Selectable, sql } from 'kysely'
import type { Severity } from '../domain/alert.ts'
import { type IncidentStatus, mayMoveIncident } from '../domain/incident.ts'
import type { IdOrQuery, Tx } from './database.ts'
import type { IncidentTable } from './incident.table.ts'

export type IncidentRow = Selectable<IncidentTable>

/**
 * Locks the open incidents of these groups, and those with these ids, in one order: two writers that need the same ones
 * never wait for each other in a circle.
 */
export const lockIncidents = async (
  tx: Tx,
  groupKeys: readonly string[],
  ids: readonly string[],
): Promise<{ id: string; groupKey: string; status: IncidentStatus }[]> => {
  if (groupKeys.length + ids.length === 0) return []
  const { rows } = await sql<{
    id: string
    groupKey: string
    status: IncidentStatus
  }>`select id, group_key as "groupKey", status from incident
    where tenant_id = ${tx.tenantId} and id in (
      select id from incident where tenant_id = ${tx.tenantId} and status <> 'resolved' and group_key = any(${groupKeys}::text[])
      union select unnest(${ids}::text[]))
    order by id for update`.execute(tx.db)
  return rows
}

/** As it had resolved: what was counted then counts no more. */
export interface Reopened {
  readonly id: string
  readonly groupKey: string
  readonly flaps: number
  readonly service: string | null
  readonly openedAt: Temporal.Instant
  readonly resolvedAt: Temporal.Instant
  /** Something was run for it. */
  readonly acted: boolean
}

/**
 * The newest resolved incident of each group, if it was resolved after `since`, is open again, under the name of what
 * fires now.
 */
export const reopenFlapping = async (
  tx: Tx,
  groups: readonly { readonly groupKey: string; readonly title: string; readonly summary: string }[],
  since: Temporal.Instant,
): Promise<Reopened[]> => {
  const { rows } =
    await sql<Reopened>`update incident set status = 'open', resolved_at = null, title = latest.title, summary = latest.summary,
      flaps = incident.flaps + 1, version = incident.version + 1
    from (select distinct on (group_key) incident.id, given.title, given.summary, service, opened_at, resolved_at from incident
      join unnest(${groups.map((group) => group.groupKey)}::text[], ${groups.map((group) => group.title)}::text[],
        ${groups.map((group) => group.summary)}::text[]) as given (key, title, summary) on given.key = group_key
      where tenant_id = ${tx.tenantId} and status = 'resolved' and resolved_at > ${since}
      order by group_key, resolved_at desc) latest
    where incident.tenant_id = ${tx.tenantId} and incident.id = latest.id and incident.status = 'resolved'
    returning incident.id, incident.group_key as "groupKey", incident.flaps, latest.service,
      latest.opened_at as "openedAt", latest.resolved_at as "resolvedAt",
      exists (select from run where run.tenant_id = incident.tenant_id and run.incident_id = incident.id and started_at is not null) as acted`.execute(
      tx.db,
    )
  return rows
}

export interface NewIncident {
  readonly groupKey: string
  readonly service: string | null
  readonly severity: Severity
  readonly title: string
  readonly summary: string
}

/** Fewer rows than given means that another writer opened one of the groups first. */
export const insertIncidents = async (
  tx: Tx,
  incidents: readonly NewIncident[],
): Promise<{ id: string; groupKey: string }[]> => {
  const { rows } = await sql<{ id: string; groupKey: string }>`
    insert into incident (tenant_id, group_key, service, severity, title, summary, status, opened_at)
    select ${tx.tenantId}, group_key, service, severity, title, summary, 'open', ${tx.now}::timestamptz
    from unnest(${incidents.map((each) => each.groupKey)}::text[], ${incidents.map((each) => each.service)}::text[],
      ${incidents.map((each) => each.severity)}::text[], ${incidents.map((each) => each.title)}::text[], ${incidents.map((each) => each.summary)}::text[])
      as given (group_key, service, severity, title, summary)
    on conflict (tenant_id, group_key) where status <> 'resolved' do nothing
    returning id, group_key as "groupKey"`.execute(tx.db)
  return rows
}

/** What a thread's head shows of its alerts. */
export interface AlertFaces {
  readonly total: number
  /** Links of the alert that began first. */
  readonly links: { label: string; url: string }[]
}

/**
 * Counts what fires now, and raises the incident's severity to the worst that fires. The caller holds the locks: a count
 * that began before another writer's commit would miss what that writer has added.
 */
export const refreshFiring = async (
  tx: Tx,
  ids: readonly string[],
): Promise<(IncidentRow & AlertFaces)[]> => {
  const { rows } = await sql<IncidentRow & AlertFaces>`with counted as materialized (
      select given.id, seen.* from unnest(${ids}::text[]) as given (id) cross join lateral (
        select count(*) filter (where alert.status = 'firing') as firing, count(*) as total,
          min(array_position(array['critical', 'high', 'medium', 'low', 'info'], alert.severity))
            filter (where alert.status = 'firing') as worst,
          (array_agg(alert.links order by alert.starts_at, alert.fingerprint))[1] as links
        from alert where alert.tenant_id = ${tx.tenantId} and alert.incident_id = given.id) seen)
    update incident set version = incident.version + 1, firing = counted.firing,
      severity = coalesce((array['critical', 'high', 'medium', 'low', 'info'])[counted.worst], incident.severity)
    from counted
    where incident.tenant_id = ${tx.tenantId} and incident.id = counted.id and incident.id = any(${ids}::text[])
    returning incident.*, counted.total, counted.links`.execute(tx.db)
  return rows
}

export const lockIncident = (tx: Tx, id: IdOrQuery): Promise<IncidentRow | undefined> =>
  tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** Those of all these runs, in one order. */
export const lockIncidentsOfRuns = async (tx: Tx, runIds: readonly string[]): Promise<IncidentRow[]> =>
  runIds.length === 0
    ? []
    : (
        await sql<IncidentRow>`select * from incident where tenant_id = ${tx.tenantId}
          and id = any(array(select incident_id from run where tenant_id = ${tx.tenantId} and id = any(${[...runIds]}::text[])))
          order by id for update`.execute(tx.db)
      ).rows

export const moveIncident = async (
  tx: Tx,
  incident: IncidentRow,
  to: IncidentStatus,
): Promise<IncidentRow> => {
  if (incident.status === to) return incident
  if (!mayMoveIncident(incident.status, to))
    throw new Error(`${incident.id} cannot go from ${incident.status} to ${to}`)
  return tx.db
    .updateTable('incident')
    .set({
      status: to,
      resolved_at: to === 'resolved' ? tx.now : null,
      look_again_at: null,
      version: incident.version + 1,
    })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', incident.id)
    .where('version', '=', incident.version)
    .returningAll()
    .executeTakeFirstOrThrow(
      () => new Error(`${incident.id} was changed by somebody else (expected version ${incident.version})`),
    )
}

/** Incidents in whose threads a freeze that began at `since` was announced, whether they are open still or not. */
export const incidentsToldOfFreeze = (tx: Tx, id: string, since: Temporal.Instant): Promise<IncidentRow[]> =>
  tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where((eb) => eb.or([eb('status', '<>', 'resolved'), eb('resolved_at', '>=', since)]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('card')
          .select('card.id')
          .whereRef('card.tenant_id', '=', 'incident.tenant_id')
          .where('card.id', '=', sql<string>`incident.id || ${`/notice/frozen-${id}-`}::text || incident.id`),
      ),
    )
    .orderBy('id')
    .execute()
