import type { Selectable } from 'kysely'
import type { Severity } from '../../domain/alert.ts'
import type { IncidentStatus } from '../../domain/incident.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { type IncidentSituation, incidentNow } from '../../message/incident-now.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { IncidentTable } from '../../storage/incident.table.ts'
import type { App, Configuration } from '../app.ts'
import { channelOf, defaultChannel } from './channel.ts'
import { cut, type Page, type PageRequest, readTimeKey, type TimeKey, writeTimeKey } from './page.ts'

export interface IncidentView {
  readonly id: string
  readonly service: string | null
  readonly severity: Severity
  readonly status: IncidentStatus
  readonly title: string
  readonly summary: string
  readonly channel: string
  readonly firing: number
  readonly flaps: number
  readonly openedAt: string
  readonly resolvedAt: string | null
  readonly now: string
}

export interface IncidentFilter extends PageRequest {
  readonly status?: IncidentStatus | undefined
  readonly service?: string | undefined
  readonly channel?: string | undefined
}

/** Newest first. */
export const listIncidents = async (
  app: App,
  tenantId: string,
  filter: IncidentFilter,
): Promise<Page<IncidentView> | Rejection> => {
  const from = readTimeKey(filter.after)
  if (isRejection(from)) return from
  const configuration = await app.configuration.of(tenantId)
  return inTenant(app.store, tenantId, async (tx) => {
    const rows = await selectIncidents(tx, configuration, filter, from)
    const shown = rows.slice(0, filter.limit)
    const situations = await situationsOf(
      tx,
      shown.map((row) => row.id),
    )
    return cut(
      rows,
      filter.limit,
      (page) => page.map((row) => asView(configuration, row, situations)),
      (row) => writeTimeKey({ at: row.opened_at, id: row.id }),
    )
  })
}

const selectIncidents = (
  tx: Tx,
  configuration: Configuration,
  filter: IncidentFilter,
  from: TimeKey | null,
) => {
  let query = tx.db.selectFrom('incident').selectAll().where('tenant_id', '=', tx.tenantId)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.service !== undefined)
    query = query.where('service', '=', configuration.serviceOf(filter.service)?.name ?? filter.service)
  if (filter.channel !== undefined) {
    const { channel } = filter
    const members = configuration.catalogue.services
      .filter((service) => channelOf(configuration, service.name) === channel)
      .map((service) => service.name)
    const elsewhere = configuration.catalogue.services
      .filter((service) => channelOf(configuration, service.name) !== channel)
      .map((service) => service.name)
    if (channel !== defaultChannel)
      query = query.where('service', 'in', members.length === 0 ? [''] : members)
    // What the catalogue does not know is in the default channel too.
    else
      query = query.where((eb) =>
        eb.or([
          eb('service', 'is', null),
          eb('service', 'not in', elsewhere.length === 0 ? [''] : elsewhere),
        ]),
      )
  }
  if (from !== null)
    query = query.where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(from.at, from.id)))
  return query
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

type Situations = ReadonlyMap<string, Omit<IncidentSituation, 'status'>>

export const asView = (
  configuration: Configuration,
  row: Selectable<IncidentTable>,
  situations: Situations,
): IncidentView => ({
  id: row.id,
  service: row.service,
  severity: row.severity,
  status: row.status,
  title: row.title,
  summary: row.summary,
  channel: channelOf(configuration, row.service),
  firing: row.firing,
  flaps: row.flaps,
  openedAt: row.opened_at.toString(),
  resolvedAt: row.resolved_at?.toString() ?? null,
  now: incidentNow({ status: row.status, run: null, proposals: 0, ...situations.get(row.id) }),
})

/** The newest run and the open proposals of every incident of a page, in two queries whatever its length. */
export const situationsOf = async (tx: Tx, ids: readonly string[]): Promise<Situations> => {
  if (ids.length === 0) return new Map()
  const runs = await tx.db
    .selectFrom('run')
    .innerJoin('proposal', (join) =>
      join.onRef('proposal.tenant_id', '=', 'run.tenant_id').onRef('proposal.id', '=', 'run.proposal_id'),
    )
    .select((eb) => [
      'run.incident_id',
      'run.status',
      'proposal.playbook',
      eb.ref('proposal.body', '->>').key('playbookTitle').as('title'),
    ])
    .distinctOn('run.incident_id')
    .where('run.tenant_id', '=', tx.tenantId)
    .where('run.incident_id', 'in', ids)
    .orderBy('run.incident_id')
    .orderBy('run.created_at', 'desc')
    .execute()
  const proposals = await tx.db
    .selectFrom('proposal')
    .select((eb) => ['incident_id', eb.fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', 'in', ids)
    .where('withdrawn_at', 'is', null)
    .groupBy('incident_id')
    .execute()
  const runOf = new Map(
    runs.map((row) => [row.incident_id, { status: row.status, title: row.title ?? row.playbook }]),
  )
  const countOf = new Map(proposals.map((row) => [row.incident_id, row.count]))
  return new Map(ids.map((id) => [id, { run: runOf.get(id) ?? null, proposals: countOf.get(id) ?? 0 }]))
}
