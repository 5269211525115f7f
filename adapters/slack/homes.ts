import { setTimeout as pause } from 'node:timers/promises'
import type { ChatCommands, ChatUser } from '../../src/app/ports.ts'
import type { SlackClient } from './client.ts'
import { renderHome } from './home.ts'

/** The App Home of each person: what waits for them, and what is open. */
export interface Homes {
  /** Asks anew and shows it. Two for one person at a time become one more afterwards, so that the newest stays. */
  readonly publish: (user: ChatUser) => Promise<void>
}

const restMs = 500

export const createHomes = (
  client: SlackClient,
  commands: ChatCommands,
  consoleUrl: string | null,
): Homes => {
  const running = new Map<string, { again: boolean }>()
  return {
    publish: async (user) => {
      const busy = running.get(user.userId)
      if (busy !== undefined) {
        busy.again = true
        return
      }
      const state = { again: true }
      running.set(user.userId, state)
      try {
        for (let first = true; state.again; first = false) {
          // Each is a page of its own to draw: while somebody presses on, the newest is enough.
          if (!first) await pause(restMs)
          state.again = false
          try {
            await client.publishHome(user.userId, renderHome(await commands.home(user), { consoleUrl }))
          } catch (error) {
            // Whoever came meanwhile asked for a page of their own, and gets their own try.
            if (!state.again) throw error
          }
        }
      } finally {
        running.delete(user.userId)
      }
    },
  }
}
