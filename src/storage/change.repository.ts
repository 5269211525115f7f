import type { Change, SentChangeKind } from '../domain/change.ts'
import type { Tx } from './database.ts'

/** Changes that were sent, and Suture's own finished runs among them. */

export interface ChangeFilter {
  /** Catalogue names; null for all. */
  readonly services: readonly string[] | null
  readonly since?: Temporal.Instant
  /** Exclusive, by time and id, newest first. */
  readonly before: { readonly at: Temporal.Instant; readonly id: string } | null
  readonly limit: number
}

/** Newest first. Each half walks its own index; what is too much is cut after they are put together. */
export const readChanges = async (tx: Tx, filter: ChangeFilter): Promise<Change[]> => {
  const [sent, runs] = await Promise.all([sentChanges(tx, filter), runsAsChanges(tx, filter)])
  return [...sent, ...runs].sort(newestFirst).slice(0, filter.limit)
}

const newestFirst = (one: Change, other: Change): number =>
  Temporal.Instant.compare(other.at, one.at) || (other.id < one.id ? -1 : 1)

const sentChanges = async (tx: Tx, { services, since, before, limit }: ChangeFilter): Promise<Change[]> => {
  let query = tx.db.selectFrom('change').selectAll().where('tenant_id', '=', tx.tenantId)
  if (services !== null) query = query.where('service', 'in', services)
  if (since !== undefined) query = query.where('at', '>=', since)
  if (before !== null)
    query = query.where((eb) => eb(eb.refTuple('at', 'id'), '<', eb.tuple(before.at, before.id)))
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id,
    service: row.service,
    kind: row.kind,
    title: row.title,
    at: row.at,
    by: row.made_by,
    version: row.version,
    link: row.link,
  }))
}

/** A run that never began has changed nothing; one that was stopped on its way may have. */
const runsAsChanges = async (tx: Tx, { services, since, before, limit }: ChangeFilter): Promise<Change[]> => {
  let query = tx.db
    .selectFrom('learning_outcome')
    .select((eb) => ['service', 'playbook', 'status', 'at', eb.ref('run_id').$notNull().as('run_id')])
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', 'is not', null)
    .where('status', '<>', 'blocked')
    .where((eb) =>
      eb.or([
        eb('status', '<>', 'canceled'),
        eb.exists(
          eb
            .selectFrom('run')
            .select('run.id')
            .whereRef('run.tenant_id', '=', 'learning_outcome.tenant_id')
            .whereRef('run.id', '=', 'learning_outcome.run_id')
            .where('run.started_at', 'is not', null),
        ),
      ]),
    )
  if (services !== null) query = query.where('service', 'in', services)
  if (since !== undefined) query = query.where('at', '>=', since)
  if (before !== null)
    query = query.where((eb) => eb(eb.refTuple('at', 'run_id'), '<', eb.tuple(before.at, before.id)))
  const rows = await query.orderBy('at', 'desc').orderBy('run_id', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    id: row.run_id,
    service: row.service,
    kind: 'run',
    title: `${row.playbook ?? 'run'}: ${row.status.replaceAll('_', ' ')}`,
    at: row.at,
    by: 'Suture',
    version: null,
    link: null,
  }))
}

/** Whether anybody sends changes of these services: without that, none on record means nothing. */
export const areChangesRecorded = async (tx: Tx, services: readonly string[]): Promise<boolean> => {
  const found = await tx.db
    .selectFrom('change')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('service', 'in', services)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

export interface NewChange {
  readonly service: string
  readonly kind: SentChangeKind
  readonly title: string
  readonly at: Temporal.Instant
  readonly by: string | null
  readonly version: string | null
  readonly link: string | null
  readonly recordedBy: string
}

export const insertChange = async (tx: Tx, change: NewChange): Promise<string> => {
  const { id } = await tx.db
    .insertInto('change')
    .values({
      tenant_id: tx.tenantId,
      service: change.service,
      kind: change.kind,
      title: change.title,
      at: change.at,
      made_by: change.by,
      version: change.version,
      link: change.link,
      recorded_by: change.recordedBy,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
