import { sql } from 'kysely'
import type { Tx } from './database.ts'
import type { RunRow } from './run.repository.ts'

export interface Waits {
  /** In words: what it waits for. */
  readonly reason: string
  /** The run whose turn it is, when the targets are free; null when they are not. */
  readonly behind: string | null
}

/**
 * All target locks in sorted order, those that it holds already among them, or none: then it says what the run waits for.
 * Nobody overtakes a run that has waited longer and could start now.
 */
export const takeLocks = async (tx: Tx, run: RunRow, targets: readonly string[]): Promise<Waits | null> => {
  const sorted = [...targets].sort()
  // Sent together and carried out one after the other.
  const asking = longerWaiting(tx, run, sorted)
  const savepoint = sql`savepoint locks`.execute(tx.db)
  const taking = sql<{
    target: string
  }>`insert into target_lock (tenant_id, target, run_id, fencing_token, acquired_at)
    select ${tx.tenantId}, target, ${run.id}, ${run.fencing_token + 1}, ${tx.now}::timestamptz from unnest(${sorted}::text[]) as target order by target
    on conflict (tenant_id, target) do update set fencing_token = excluded.fencing_token
      where target_lock.run_id = excluded.run_id returning target`.execute(tx.db)
  const [first, , { rows }] = await Promise.all([asking, savepoint, taking])
  if (rows.length === sorted.length && first === null) return null
  await giveLocksBack(tx)
  const holders = await tx.db
    .selectFrom('target_lock')
    .select(['target', 'run_id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('target', 'in', sorted)
    .orderBy('target')
    .execute()
  if (holders.length === 0 && first !== null)
    return { reason: `waits for ${first}, which has waited longer for the same target`, behind: first }
  const held = holders.map((holder) => `${holder.target}, held by ${holder.run_id}`).join('; ')
  return { reason: `waits for ${held || 'a target lock'}`, behind: null }
}

/** What `takeLocks` has just taken, in the transaction that took it: as if it had not been asked. */
export const giveLocksBack = async (tx: Tx): Promise<void> => {
  await sql`rollback to savepoint locks`.execute(tx.db)
}

/**
 * The run that has waited longest for one of these targets, longer than this one, and that could have all of its own at once. One
 * that waits for something else as well, or whose permit has ended, keeps nobody waiting. A run that waits says so in its
 * reason: in a long queue of others no permit is looked up.
 */
const longerWaiting = async (tx: Tx, run: RunRow, targets: readonly string[]): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`select id from run
    where tenant_id = ${tx.tenantId} and status = 'queued' and reason <> '' and id <> ${run.id}
      and (coalesce(queued_at, created_at), length(id), id) <
        (${run.queued_at ?? run.created_at}::timestamptz, length(${run.id}::text), ${run.id}::text)
      and exists (select from permit where permit.tenant_id = run.tenant_id and permit.run_id = run.id
        and permit.status = 'issued' and permit.expires_at > ${tx.now}::timestamptz and permit.targets && ${[...targets]}::text[]
        and not exists (select from target_lock held where held.tenant_id = run.tenant_id
          and held.target = any(permit.targets) and held.run_id <> run.id))
    order by coalesce(queued_at, created_at), length(id), id limit 1`.execute(tx.db)
  return rows[0]?.id ?? null
}
