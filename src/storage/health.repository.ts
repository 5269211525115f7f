import { sql } from 'kysely'
import { inTenant, type Store, type Tx } from './database.ts'
import type { Chat } from './delivery.repository.ts'

export interface Backlog {
  readonly now: Temporal.Instant
  readonly due: number
  readonly oldestDueMs: number
}

/** Counts over all tenants; no content. */
export const readBacklog = async (store: Store): Promise<Backlog> => {
  const { rows } = await sql<Backlog>`select now() as now, due, oldest_due_ms as "oldestDueMs"
    from backlog(now())`.execute(store.db)
  const row = rows[0]
  if (row === undefined) throw new Error('PostgreSQL gave no answer about the backlog')
  return row
}

export interface DeliveryLag {
  readonly chat: Chat
  /** Cards that this chat does not show as they are. */
  readonly behind: number
  /** Since when the oldest of them has been waiting; 0 when there is none. */
  readonly oldestMs: number
  /** What was said when the oldest of those that failed was sent; empty when none did. */
  readonly lastError: string
}

/** Counts over all tenants; the sentence is read inside the tenant of the card that failed. */
export const readDeliveryLag = async (store: Store, chat: Chat): Promise<DeliveryLag> => {
  const { rows } = await sql<{
    behind: number
    oldestMs: number
    tenantId: string | null
    cardId: string | null
  }>`select behind, oldest_ms as "oldestMs", failing_tenant as "tenantId", failing_card as "cardId"
    from delivery_lag(${chat}, now() + make_interval(secs => ${store.shiftMs() / 1000}::float8))`.execute(
    store.db,
  )
  const row = rows[0]
  if (row === undefined) throw new Error('PostgreSQL gave no answer about what waits for the chats')
  const { tenantId, cardId, behind, oldestMs } = row
  const lastError =
    tenantId === null || cardId === null
      ? ''
      : await inTenant(store, tenantId, (tx) => errorOf(tx, chat, cardId))
  return { chat, behind, oldestMs, lastError }
}

const errorOf = async (tx: Tx, chat: Chat, cardId: string): Promise<string> => {
  const row = await tx.db
    .selectFrom('card_delivery')
    .select('last_error')
    .where('tenant_id', '=', tx.tenantId)
    .where('card_id', '=', cardId)
    .where('chat', '=', chat)
    .executeTakeFirst()
  return row?.last_error ?? ''
}
