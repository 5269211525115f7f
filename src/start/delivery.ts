import { setTimeout as sleep } from 'node:timers/promises'
import { createConsoleChat } from '../../adapters/console/client.ts'
import { type Loop, startLoop } from '../../jobs/sweeper.ts'
import { deliverCards } from '../app/deliver-cards.ts'
import { openDelivery } from '../app/delivery/open-delivery.ts'
import type { Timers } from '../app/delivery/timers.ts'
import type { ChatPort } from '../app/ports.ts'
import type { Context } from '../context.ts'

const deliverEveryMs = 2_000
const restMs = 100
/** Of what is under way when it stops: less than the whole stop may take. */
const drainMs = 3_500

export interface Platforms {
  readonly ports: readonly ChatPort[]
  /** Whose cards they show; null for every tenant's. */
  readonly tenantId: string | null
  /** Whether a critical incident gets a channel of its own. */
  readonly ownChannels: boolean
}

/** Brings cards to the console and to each platform: at once when one changes, and by a look now and then for what was missed. */
export const startDelivery = (
  context: Pick<Context, 'app' | 'feed'>,
  platforms: Platforms = { ports: [], tenantId: null, ownChannels: false },
): (() => Promise<void>) => {
  const { app, feed } = context
  const stopConsole = startConsole(context)
  const deliveries = platforms.ports.map((chat) =>
    openDelivery({ ...platforms, app, chat, timers, random: Math.random }),
  )
  const unsubscribe = feed.subscribeAll((topic) => {
    if (topic === 'card') for (const delivery of deliveries) delivery.poke()
  })
  return async () => {
    unsubscribe()
    await Promise.all([stopConsole(), ...deliveries.map((delivery) => delivery.stop(drainMs))])
  }
}

const timers: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}

/** The console reads the cards themselves: its delivery is bookkeeping, and keeps out of the way. */
const startConsole = ({ app, feed }: Pick<Context, 'app' | 'feed'>): (() => Promise<void>) => {
  const chat = createConsoleChat()
  const loop: Loop = startLoop(deliverEveryMs, app.log, 'delivery', () => deliverCards(app, chat))
  let again = false
  let delivering: Promise<void> | null = null
  const deliver = async (): Promise<void> => {
    try {
      do {
        // An open console has heard of the change itself; what is noted here can wait until the work that caused it is done.
        await sleep(restMs)
        again = false
        await deliverCards(app, chat)
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
