import { type RawBuilder, sql } from 'kysely'
import type { Tx } from './database.ts'

/** The channel on which commits tell what they changed. */
export const changeChannel = 'suture'

/** PostgreSQL holds a notification to 8,000 bytes. */
const changesPerNotification = 100

export type Change = readonly [topic: string, id: string]

/** Bodies of the notifications that tell of these changes. */
export const notificationsOf = (tx: Tx, changes: readonly Change[]): string[] =>
  Array.from({ length: Math.ceil(changes.length / changesPerNotification) }, (_, at) =>
    JSON.stringify([
      tx.tenantId,
      changes.slice(at * changesPerNotification, (at + 1) * changesPerNotification),
    ]),
  )

/** Sent by PostgreSQL when the transaction commits, and not otherwise. */
export const notifyChanges = (tx: Tx, changes: readonly Change[]): RawBuilder<unknown>[] =>
  changes.length === 0
    ? []
    : [
        sql`select pg_notify(${changeChannel}, body) from unnest(${notificationsOf(tx, changes)}::text[]) as body`,
      ]
