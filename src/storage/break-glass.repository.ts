import type { Selectable } from 'kysely'
import type { Glass } from '../domain/policy/break-glass.ts'
import type { BreakGlassTable } from './autonomy.table.ts'
import type { Tx } from './database.ts'
import { distinct, gathering } from './gathering.ts'

/** Those that hold for this service and that nobody has reviewed, open or over; the oldest first. */
export const unreviewedGlasses = gathering<string, Glass[]>(async (tx, services) => {
  const rows = await tx.db
    .selectFrom('break_glass')
    .select(['id', 'service', 'opened_by', 'until', 'ended_at'])
    .where('tenant_id', '=', tx.tenantId)
    .where('reviewed_at', 'is', null)
    .where((eb) =>
      eb.or([eb('service', 'is', null), eb('service', '=', eb.fn.any(eb.val(distinct(services))))]),
    )
    .orderBy('opened_at')
    .execute()
  return services.map((service) =>
    rows
      .filter((row) => row.service === null || row.service === service)
      .map((row) => ({ id: row.id, by: row.opened_by, until: row.until, endedAt: row.ended_at })),
  )
})

export type BreakGlassRow = Selectable<BreakGlassTable>

const all = (tx: Tx) => tx.db.selectFrom('break_glass').selectAll().where('tenant_id', '=', tx.tenantId)

export const findGlass = (tx: Tx, id: string): Promise<BreakGlassRow | undefined> =>
  all(tx).where('id', '=', id).executeTakeFirst()

export const lockGlass = (tx: Tx, id: string): Promise<BreakGlassRow | undefined> =>
  all(tx).where('id', '=', id).forUpdate().executeTakeFirst()

/** Not ended yet for exactly this scope, under lock; its time may be up all the same. */
export const lockOpenGlass = (tx: Tx, service: string | null): Promise<BreakGlassRow | undefined> =>
  all(tx)
    .where('ended_at', 'is', null)
    .where((eb) => (service === null ? eb('service', 'is', null) : eb('service', '=', service)))
    .forUpdate()
    .executeTakeFirst()

/** Newest first. */
export const recentGlasses = (tx: Tx, limit: number): Promise<BreakGlassRow[]> =>
  all(tx).orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(limit).execute()

export const insertGlass = (
  tx: Tx,
  glass: {
    readonly service: string | null
    readonly reason: string
    readonly by: string
    readonly until: Temporal.Instant
  },
): Promise<BreakGlassRow> =>
  tx.db
    .insertInto('break_glass')
    .values({
      tenant_id: tx.tenantId,
      service: glass.service,
      reason: glass.reason,
      opened_by: glass.by,
      opened_at: tx.now,
      until: glass.until,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

export const updateGlass = (
  tx: Tx,
  id: string,
  change: Partial<
    Pick<BreakGlassRow, 'ended_at' | 'ended_by' | 'reviewed_at' | 'reviewed_by' | 'review_note'>
  >,
): Promise<BreakGlassRow> =>
  tx.db
    .updateTable('break_glass')
    .set(change)
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
