import { sql } from 'kysely'
import type { Tx } from './database.ts'
import type { RunRow } from './run.repository.ts'

/** All target locks in sorted order, or none: then it says in words what the run waits for. */
export const takeLocks = async (tx: Tx, run: RunRow, targets: readonly string[]): Promise<string | null> => {
  const sorted = [...targets].sort()
  await sql`savepoint locks`.execute(tx.db)
  const { rows } = await sql<{
    target: string
  }>`insert into target_lock (tenant_id, target, run_id, fencing_token, acquired_at)
    select ${tx.tenantId}, target, ${run.id}, ${run.fencing_token + 1}, ${tx.now}::timestamptz from unnest(${sorted}::text[]) as target order by target
    on conflict (tenant_id, target) do nothing returning target`.execute(tx.db)
  if (rows.length === sorted.length) {
    await sql`release savepoint locks`.execute(tx.db)
    return null
  }
  await sql`rollback to savepoint locks`.execute(tx.db)
  const holders = await tx.db
    .selectFrom('target_lock')
    .select(['target', 'run_id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('target', 'in', sorted)
    .orderBy('target')
    .execute()
  return `waits for ${holders.map((holder) => `${holder.target}, held by ${holder.run_id}`).join('; ') || 'a target lock'}`
}
