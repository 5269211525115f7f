import { sql } from 'kysely'
import type { Tx } from './database.ts'

export type ReadApart<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'failed' | 'timed_out'; readonly error: unknown }

/**
 * Reads within a transaction that must survive it: whatever `read` does, the transaction is then as it was before. `limitMs` is for
 * each statement. Only for reading: what it writes is undone. Throws when the connection itself is lost.
 */
export const readApart = async <T>(
  tx: Tx,
  limitMs: number,
  read: () => Promise<T>,
): Promise<ReadApart<T>> => {
  const [reading] = await Promise.allSettled([
    Promise.all([
      sql`savepoint read_apart`.execute(tx.db),
      sql`select set_config('statement_timeout', ${String(limitMs)}, true)`.execute(tx.db),
      read(),
    ]),
  ])
  // Gives back the time limit as well.
  await sql`rollback to savepoint read_apart`.execute(tx.db)
  if (reading.status === 'fulfilled') return { status: 'ok', value: reading.value[2] }
  const error: unknown = reading.reason
  return { status: isTimeUp(error) ? 'timed_out' : 'failed', error }
}

/** PostgreSQL's query_canceled. */
const isTimeUp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '57014'
