import { sql } from 'kysely'
import type { Card } from '../domain/card.ts'
import type { Store, Tx } from './database.ts'

export type Chat = 'console' | 'slack' | 'discord'

export const undeliveredCards = async (
  store: Store,
  chat: Chat,
  limit: number,
): Promise<{ tenantId: string; cardId: string }[]> => {
  const { rows } = await sql<{
    tenantId: string
    cardId: string
  }>`select tenant_id as "tenantId", card_id as "cardId"
    from undelivered_cards(${chat}, ${limit})`.execute(store.db)
  return rows
}

export interface DueCard {
  readonly channel: string
  readonly cardId: string
  readonly incidentId: string | null
  readonly version: number
  readonly card: Card
  readonly messageId: string | null
}

/** The newest version of each card that has not been delivered meanwhile, in the order of `cardIds`. */
export const cardsToDeliver = async (tx: Tx, chat: Chat, cardIds: readonly string[]): Promise<DueCard[]> => {
  const { rows } =
    await sql<DueCard>`select card.channel, card.id as "cardId", card.incident_id as "incidentId",
      card.version, card.body as card, card_delivery.message_id as "messageId"
    from card join card_delivery on card_delivery.tenant_id = card.tenant_id and card_delivery.card_id = card.id
    where card.tenant_id = ${tx.tenantId} and card.id = any(${cardIds}::text[]) and card_delivery.card_id = any(${cardIds}::text[])
      and card_delivery.chat = ${chat} and card_delivery.delivered_version < card.version`.execute(tx.db)
  const placeOf = new Map(cardIds.map((id, place) => [id, place]))
  return rows.sort((one, other) => (placeOf.get(one.cardId) ?? 0) - (placeOf.get(other.cardId) ?? 0))
}

export interface Delivered {
  readonly cardId: string
  readonly version: number
  readonly messageId: string
}

/** Only after the platform said so. The message id of the first success stays. */
export const noteDelivered = async (tx: Tx, chat: Chat, delivered: readonly Delivered[]): Promise<void> => {
  if (delivered.length === 0) return
  // An upsert that always conflicts: it finds each row by its key, whatever the planner thinks of `unnest`.
  await sql`insert into card_delivery (tenant_id, card_id, chat, desired_version, delivered_version, changed_at, message_id)
    select ${tx.tenantId}, card_id, ${chat}, version, version, ${tx.now}::timestamptz, message_id
    from unnest(${delivered.map((each) => each.cardId)}::text[], ${delivered.map((each) => each.version)}::integer[],
      ${delivered.map((each) => each.messageId)}::text[]) as given (card_id, version, message_id)
    on conflict (tenant_id, card_id, chat) do update set
      delivered_version = greatest(card_delivery.delivered_version, excluded.delivered_version),
      message_id = coalesce(card_delivery.message_id, excluded.message_id), attempts = 0, last_error = ''`.execute(
    tx.db,
  )
}

/**
 * Notes many at once, but none that somebody else is changing: waiting for several rows while others draw them in another
 * order would be a deadlock. Returns those left over, to be noted one by one.
 */
export const noteDeliveredTogether = async (
  tx: Tx,
  chat: Chat,
  delivered: readonly Delivered[],
): Promise<Delivered[]> => {
  const { rows } = await sql<{ cardId: string }>`select card_id as "cardId" from card_delivery
    where tenant_id = ${tx.tenantId} and card_id = any(${delivered.map((each) => each.cardId)}::text[]) and chat = ${chat}
    for update skip locked`.execute(tx.db)
  const held = new Set(rows.map((row) => row.cardId))
  await noteDelivered(
    tx,
    chat,
    delivered.filter((each) => held.has(each.cardId)),
  )
  return delivered.filter((each) => !held.has(each.cardId))
}

export const noteFailed = async (tx: Tx, chat: Chat, cardId: string, error: string): Promise<void> => {
  await tx.db
    .updateTable('card_delivery')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), last_error: error }))
    .where('tenant_id', '=', tx.tenantId)
    .where('card_id', '=', cardId)
    .where('chat', '=', chat)
    .execute()
}
