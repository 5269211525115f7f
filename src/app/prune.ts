import { inTenant } from '../storage/database.ts'
import { allTenants, deleteBefore, type Prunable } from '../storage/retention.repository.ts'
import type { App } from './app.ts'

export interface Pruning {
  /** How long presses of buttons, alerts that could not be read or were silenced, and recorded changes are kept. */
  readonly retentionMs: number
  /** Rows one transaction deletes. */
  readonly batch?: number
  /** Transactions for one table of one tenant in one turn; the next turn goes on. */
  readonly batches?: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Small enough that nobody waits for its locks, and so many a turn that a busy installation is kept up with. */
const defaultBatch = 1_000
const defaultBatches = 20

/**
 * Deletes what nobody needs any more; returns how many rows of each table. A sender repeats itself within a day, so that
 * idempotency keys are kept for one; so are sessions past their end, which open nothing but tell of a sign-in, and codes
 * that linked accounts. What a chat has sent is remembered for the hour in which it may send it again. Incidents, runs and
 * what was learned from them stay, and the history can't be deleted at all.
 */
export const pruneOnce = async (
  app: Pick<App, 'store'>,
  { retentionMs, batch = defaultBatch, batches = defaultBatches }: Pruning,
): Promise<Record<Prunable, number>> => {
  const keptMs = {
    idempotency_key: dayMs,
    session: dayMs,
    click: retentionMs,
    alert_kept_aside: retentionMs,
    link_code: dayMs,
    link_failure: hourMs,
    seen_event: hourMs,
    change: retentionMs,
    silenced_alert: retentionMs,
    focus_cycle: retentionMs,
  } as const satisfies Record<Prunable, number>
  const pruned = Object.fromEntries(Object.keys(keptMs).map((table) => [table, 0])) as Record<
    Prunable,
    number
  >
  for (const tenantId of await allTenants(app.store.db))
    for (const [table, ms] of Object.entries(keptMs) as [Prunable, number][])
      for (let turn = 0; turn < batches; turn += 1) {
        const deleted = await inTenant(app.store, tenantId, (tx) =>
          deleteBefore(tx, table, tx.now.subtract({ milliseconds: ms }), batch),
        )
        pruned[table] += deleted
        if (deleted < batch) break
      }
  return pruned
}
