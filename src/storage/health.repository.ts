import { sql } from 'kysely'
import type { Store } from './database.ts'

export interface Backlog {
  readonly now: Temporal.Instant
  readonly due: number
  readonly oldestDueMs: number
  readonly undelivered: number
  readonly oldestUndeliveredMs: number
}

/** Counts over all tenants; no content. */
export const readBacklog = async (store: Store): Promise<Backlog> => {
  const { rows } =
    await sql<Backlog>`select now() as now, due, oldest_due_ms as "oldestDueMs", undelivered, oldest_undelivered_ms as "oldestUndeliveredMs"
    from backlog(now())`.execute(store.db)
  const row = rows[0]
  if (row === undefined) throw new Error('PostgreSQL gave no answer about the backlog')
  return row
}
