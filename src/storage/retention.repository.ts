import { type Kysely, sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/** Tables whose rows are kept for a while only, with the column that tells their age. Audit entries are none of them. */
export const prunable = {
  idempotency_key: 'created_at',
  session: 'expires_at',
  click: 'received_at',
  alert_kept_aside: 'received_at',
  link_code: 'expires_at',
  link_failure: 'failed_at',
  seen_event: 'seen_at',
  change: 'at',
  silenced_alert: 'last_at',
  focus_cycle: 'at',
} as const satisfies Partial<Record<keyof Database, string>>
export type Prunable = keyof typeof prunable

/** `suture_app` may read the names of all tenants, and what is theirs only inside one. */
export const allTenants = async (db: Kysely<Database>): Promise<string[]> => {
  const rows = await db.selectFrom('tenant').select('tenant_id').orderBy('tenant_id').execute()
  return rows.map((row) => row.tenant_id)
}

/**
 * Deletes the oldest rows from before `before`, at most `limit`; returns how many. Rows that another holds are left for the
 * next time, so that several processes may prune at once.
 */
export const deleteBefore = async (
  tx: Tx,
  table: Prunable,
  before: Temporal.Instant,
  limit: number,
): Promise<number> => {
  const age = sql.ref(prunable[table])
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where tenant_id = ${tx.tenantId} and ${age} < ${before.toString()}::timestamptz
      order by ${age} limit ${limit} for update skip locked))`.execute(tx.db)
  return Number(numAffectedRows ?? 0)
}
