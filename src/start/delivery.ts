import { setTimeout as sleep } from 'node:timers/promises'
import { createConsoleChat } from '../../adapters/console/client.ts'
import { type Loop, startLoop } from '../../jobs/sweeper.ts'
import { deliverCards } from '../app/deliver-cards.ts'
import type { Context } from '../context.ts'

const deliverEveryMs = 2_000
const restMs = 100

/** Brings cards to the chats: at once when one changes, and by a loop for what was missed. Returns how to end it. */
export const startDelivery = ({ app, feed }: Context): (() => Promise<void>) => {
  const chat = createConsoleChat()
  const loop: Loop = startLoop(deliverEveryMs, app.log, 'delivery', () => deliverCards(app, chat))
  let again = false
  let delivering: Promise<void> | null = null
  const deliver = async (): Promise<void> => {
    try {
      do {
        again = false
        await deliverCards(app, chat)
        // The first change is shown at once; while more come, a card that changes often is sent at its newest only.
        if (again) await sleep(restMs)
      } while (again)
    } catch (error) {
      app.log.warn({ error: String(error) }, 'delivery failed; the next turn tries again')
    } finally {
      delivering = null
    }
  }
  const unsubscribe = feed.subscribeAll((topic) => {
    if (topic !== 'card') return
    if (delivering === null) delivering = deliver()
    else again = true
  })
  return async () => {
    unsubscribe()
    again = false
    await loop.stop()
    await delivering
  }
}
