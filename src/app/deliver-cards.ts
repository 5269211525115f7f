import { inTenant } from '../storage/database.ts'
import {
  cardsToDeliver,
  type Delivered,
  noteDelivered,
  noteDeliveredTogether,
  noteFailed,
  undeliveredCards,
} from '../storage/delivery.repository.ts'
import type { App } from './app.ts'
import type { ChatPort } from './ports.ts'

const atOnce = 200
const deliverWithinMs = 10_000
/** What was delivered is noted together, but not later than this: until then a crash would deliver it a second time. */
const noteWithinMs = 200

/**
 * For the console, which has no limits and no lanes: notes the newest version of each card as shown, oldest change first.
 * Platforms are brought up to date by `openDelivery`. Returns how many were noted.
 */
export const deliverCards = async (app: App, chat: ChatPort): Promise<number> => {
  let sent = 0
  for (;;) {
    const due = await undeliveredCards(app.store, chat.name, atOnce)
    const before = sent
    for (const [tenantId, cardIds] of byTenant(due)) sent += await deliverOf(app, chat, tenantId, cardIds)
    // What could not be delivered now stays due; it is tried again at the next turn, not at once.
    if (due.length < atOnce || sent === before) return sent
  }
}

const byTenant = (due: readonly { tenantId: string; cardId: string }[]): Map<string, string[]> => {
  const tenants = new Map<string, string[]>()
  for (const { tenantId, cardId } of due) {
    const cards = tenants.get(tenantId)
    if (cards === undefined) tenants.set(tenantId, [cardId])
    else cards.push(cardId)
  }
  return tenants
}

/** One after the other, in order: a reply in a thread comes after what it replies to. */
const deliverOf = async (
  app: App,
  chat: ChatPort,
  tenantId: string,
  cardIds: readonly string[],
): Promise<number> => {
  const posts = await inTenant(app.store, tenantId, (tx) => cardsToDeliver(tx, chat.name, cardIds))
  let delivered: Delivered[] = []
  let sent = 0
  let notedAt = app.clock.monotonicMs()
  const note = async (): Promise<void> => {
    const given = delivered
    delivered = []
    sent += given.length
    const left = await inTenant(app.store, tenantId, (tx) => noteDeliveredTogether(tx, chat.name, given))
    for (const each of left) await inTenant(app.store, tenantId, (tx) => noteDelivered(tx, chat.name, [each]))
    notedAt = app.clock.monotonicMs()
  }
  for (const post of posts) {
    const { cardId, version } = post
    const place = { tenantId, threadId: null, uncertain: false, ownChannel: null }
    const result = await chat.deliver({ ...post, ...place }, AbortSignal.timeout(deliverWithinMs))
    if (result.done) delivered.push({ cardId, version, messageId: result.messageId })
    else {
      const { why } = result
      app.log.warn(
        { chat: chat.name, card: cardId, error: why },
        'a card could not be delivered; it stays due',
      )
      await inTenant(app.store, tenantId, (tx) => noteFailed(tx, chat.name, cardId, why.slice(0, 500)))
    }
    if (app.clock.monotonicMs() - notedAt > noteWithinMs) await note()
  }
  if (delivered.length > 0) await note()
  return sent
}
