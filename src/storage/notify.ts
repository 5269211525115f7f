import { sql } from 'kysely'
import type { Tx } from './database.ts'

/** The channel on which commits tell what they changed. */
export const changeChannel = 'suture'

/** PostgreSQL holds a notification to 8,000 bytes. */
const changesPerNotification = 100

/** Sent by PostgreSQL when the transaction commits, and not otherwise. */
export const notifyChanges = async (
  tx: Tx,
  changes: readonly (readonly [topic: string, id: string])[],
): Promise<void> => {
  for (let at = 0; at < changes.length; at += changesPerNotification)
    await sql`select pg_notify(${changeChannel}, ${JSON.stringify([tx.tenantId, changes.slice(at, at + changesPerNotification)])})`.execute(
      tx.db,
    )
}
