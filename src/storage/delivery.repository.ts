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
  readonly incidentId: string
  readonly version: number
  readonly card: Card
  readonly messageId: string | null
}

/** The newest version, or null when it has been delivered meanwhile. */
export const cardToDeliver = async (tx: Tx, chat: Chat, cardId: string): Promise<DueCard | null> => {
  const row = await tx.db
    .selectFrom('card')
    .innerJoin('card_delivery', (join) =>
      join
        .onRef('card_delivery.tenant_id', '=', 'card.tenant_id')
        .onRef('card_delivery.card_id', '=', 'card.id'),
    )
    .select([
      'card.channel',
      'card.incident_id',
      'card.version',
      'card.body',
      'card_delivery.message_id',
      'card_delivery.delivered_version',
    ])
    .where('card.tenant_id', '=', tx.tenantId)
    .where('card.id', '=', cardId)
    .where('card_delivery.chat', '=', chat)
    .executeTakeFirst()
  if (row === undefined || row.delivered_version >= row.version) return null
  return {
    channel: row.channel,
    cardId,
    incidentId: row.incident_id,
    version: row.version,
    card: row.body,
    messageId: row.message_id,
  }
}

/** Only after the platform said so. The message id of the first success stays. */
export const noteDelivered = async (
  tx: Tx,
  chat: Chat,
  cardId: string,
  version: number,
  messageId: string,
): Promise<void> => {
  await sql`update card_delivery set delivered_version = greatest(delivered_version, ${version}), message_id = coalesce(message_id, ${messageId}),
      attempts = 0, last_error = ''
    where tenant_id = ${tx.tenantId} and card_id = ${cardId} and chat = ${chat}`.execute(tx.db)
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
