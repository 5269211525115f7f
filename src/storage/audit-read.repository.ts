import { sql } from 'kysely'
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
  /** What the entry is about, one of these. */
  readonly subjects?: readonly string[] | undefined
  /** Not before. */
  readonly from?: Temporal.Instant | undefined
  /** Before. */
  readonly to?: Temporal.Instant | undefined
  /** What this person did, and what is about an incident; absent for whoever sees all. */
  readonly seenBy?: string | undefined
}

const entries = (tx: Pick<Tx, 'db' | 'tenantId'>) =>
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
  { actor, service, incidentId, events, subjects, from, to, seenBy }: AuditFilter,
  before: { readonly at: Temporal.Instant; readonly seq: number } | null,
  limit: number,
): Promise<AuditRead[]> => {
  let query = entries(tx)
  if (actor !== undefined) query = query.where('entry.actor', '=', actor)
  if (incidentId !== undefined) query = query.where('entry.incident_id', '=', incidentId)
  if (events !== undefined) query = query.where('entry.event', 'in', events)
  if (subjects !== undefined) query = query.where('entry.subject', '=', (of) => of.fn.any(of.val(subjects)))
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

/** What this person did of this kind within so many hours at least, newest first: it may be found among very many. */
export const readLatestOf = (
  tx: Pick<Tx, 'db' | 'tenantId'>,
  actor: string,
  event: AuditEvent,
  { hours, limit }: { readonly hours: number; readonly limit: number },
): Promise<AuditRead[]> =>
  entries(tx)
    // By PostgreSQL's own clock, so that nothing has to be asked first; the store's shift only adds to it.
    .where('entry.at', '>=', sql<Temporal.Instant>`now() - make_interval(hours => ${hours}::int)`)
    .where('entry.actor', '=', actor)
    .where('entry.event', '=', event)
    .orderBy('entry.at', 'desc')
    .orderBy('entry.seq', 'desc')
    .limit(limit)
    .execute()
