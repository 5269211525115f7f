import type { AuditEvent } from '../domain/audit.ts'
import type { Tx } from './database.ts'

/** The history as it is read: entries by what they are about, with their place in the log. */

export interface AuditRead {
  readonly seq: number
  readonly id: string
  readonly at: Temporal.Instant
  readonly event: AuditEvent
  readonly actor: string
  readonly subject: string
  readonly incident_id: string | null
  readonly bytes: Buffer
  readonly leaf_hash: Buffer
  /** Its number in the log; null as long as it is not sealed. */
  readonly index: number | null
}

export interface AuditFilter {
  readonly actor?: string | undefined
  /** Name of a service: entries of its incidents. */
  readonly service?: string | undefined
  readonly incidentId?: string | undefined
  readonly events?: readonly AuditEvent[] | undefined
  /** Not before. */
  readonly from?: Temporal.Instant | undefined
  /** Before. */
  readonly to?: Temporal.Instant | undefined
  /** What this person did, and what is about an incident; absent for whoever sees all. */
  readonly seenBy?: string | undefined
}

const entries = (tx: Tx) =>
  tx.db
    .selectFrom('audit_entry as entry')
    .leftJoin('audit_leaf as leaf', (join) =>
      join.onRef('leaf.seq', '=', 'entry.seq').onRef('leaf.tenant_id', '=', 'entry.tenant_id'),
    )
    .select([
      'entry.seq',
      'entry.id',
      'entry.at',
      'entry.event',
      'entry.actor',
      'entry.subject',
      'entry.incident_id',
      'entry.bytes',
      'entry.leaf_hash',
      'leaf.index',
    ])
    .where('entry.tenant_id', '=', tx.tenantId)

/** Newest first, those behind `before` in that order. */
export const readAuditEntries = (
  tx: Tx,
  { actor, service, incidentId, events, from, to, seenBy }: AuditFilter,
  before: { readonly at: Temporal.Instant; readonly seq: number } | null,
  limit: number,
): Promise<AuditRead[]> => {
  let query = entries(tx)
  if (actor !== undefined) query = query.where('entry.actor', '=', actor)
  if (incidentId !== undefined) query = query.where('entry.incident_id', '=', incidentId)
  if (events !== undefined) query = query.where('entry.event', 'in', events)
  if (from !== undefined) query = query.where('entry.at', '>=', from)
  if (to !== undefined) query = query.where('entry.at', '<', to)
  if (service !== undefined)
    query = query.where('entry.incident_id', 'in', (of) =>
      of
        .selectFrom('incident')
        .select('id')
        .where('tenant_id', '=', tx.tenantId)
        .where('service', '=', service),
    )
  if (seenBy !== undefined)
    query = query.where((where) =>
      where.or([where('entry.incident_id', 'is not', null), where('entry.actor', '=', seenBy)]),
    )
  if (before !== null)
    query = query.where((where) =>
      where(where.refTuple('entry.at', 'entry.seq'), '<', where.tuple(before.at, before.seq)),
    )
  return query.orderBy('entry.at', 'desc').orderBy('entry.seq', 'desc').limit(limit).execute()
}

/** Entries of an incident, oldest first; with `subjects` only those that are about one of them. */
export const readEntriesOf = (
  tx: Tx,
  incidentId: string,
  subjects: readonly string[] | null,
  limit: number,
): Promise<AuditRead[]> => {
  const ofIncident = entries(tx).where('entry.incident_id', '=', incidentId)
  return (subjects === null ? ofIncident : ofIncident.where('entry.subject', 'in', subjects))
    .orderBy('entry.seq')
    .limit(limit)
    .execute()
}

/** What this person did of this kind, newest first. */
export const readLatestOf = (tx: Tx, actor: string, event: AuditEvent, limit: number): Promise<AuditRead[]> =>
  entries(tx)
    .where('entry.actor', '=', actor)
    .where('entry.event', '=', event)
    .orderBy('entry.at', 'desc')
    .orderBy('entry.seq', 'desc')
    .limit(limit)
    .execute()
