import { inTenant } from '../storage/database.ts'
import { cardToDeliver, noteDelivered, noteFailed, undeliveredCards } from '../storage/delivery.repository.ts'
import type { App } from './app.ts'
import type { ChatPort } from './ports.ts'

const atOnce = 100
const deliverWithinMs = 10_000

/** Brings a chat up to date with the cards: the newest version of each, oldest change first. Returns how many were sent. */
export const deliverCards = async (app: App, chat: ChatPort): Promise<number> => {
  let sent = 0
  for (const { tenantId, cardId } of await undeliveredCards(app.store, chat.name, atOnce)) {
    const post = await inTenant(app.store, tenantId, (tx) => cardToDeliver(tx, chat.name, cardId))
    if (post === null) continue
    try {
      const { messageId } = await chat.deliver({ ...post, tenantId }, AbortSignal.timeout(deliverWithinMs))
      await inTenant(app.store, tenantId, (tx) =>
        noteDelivered(tx, chat.name, cardId, post.version, messageId),
      )
      sent += 1
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      app.log.warn(
        { chat: chat.name, card: cardId, error: why },
        'a card could not be delivered; it stays due',
      )
      await inTenant(app.store, tenantId, (tx) => noteFailed(tx, chat.name, cardId, why.slice(0, 500)))
    }
  }
  return sent
}
