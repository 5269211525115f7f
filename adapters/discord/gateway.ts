import type { ChatState } from '../../src/app/ports.ts'
import type { DiscordClient } from './client.ts'
import { type Connection, type ConnectionEvents, GatewayRefusal, openConnection } from './connection.ts'
import { type Heard, shouldProbe, whyDeaf } from './deaf.ts'
import type { Timers } from './timers.ts'

/**
 * The gateway: one connection that is watched, and replaced when it is deaf. Interactions need no intent. The two that are
 * asked for bring messages, and neither is privileged: so `content` comes in direct messages and where the bot is mentioned,
 * and is empty everywhere else. A line in an incident's thread that does not mention the bot can't be read.
 */
const intents = { guildMessages: 1 << 9, directMessages: 1 << 12 } as const

export interface GatewayOptions {
  readonly token: string
  readonly client: DiscordClient
  readonly onDispatch: (type: string, data: unknown) => void
  readonly timers: Timers
}

export interface Gateway {
  /**
   * Resolves when the connection stands, and after 15 s when it doesn't yet: it is tried again then. Throws `GatewayRefusal`
   * when Discord refuses for good.
   */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly state: () => ChatState
}

const lookEveryMs = 5_000
const firstReadyMs = 15_000
/**
 * So long may a connection take to become ready before it is replaced, doubled each time. Discord permits 1000 new ones a day:
 * one every 5 min costs 288.
 */
const patience = { firstMs: 20_000, longestMs: 300_000 }

export const createGateway = (options: GatewayOptions): Gateway => {
  const { client } = options
  const { now, log } = client
  let connection: Connection | null = null
  let endLooking = (): void => undefined
  let heard = nothingHeard(now())
  let since = now()
  let fault: string | null = 'it was not started'
  let wasDeaf: string | null = null
  let replaced = 0
  let probeWorks = false
  let looking = false
  const stopped = Promise.withResolvers<void>()

  const becameReady = (): void => {
    heard = { ...nothingHeard(now()), readyAt: now(), notReadySince: null }
    if (fault !== null) since = now()
    fault = null
    replaced = 0
  }
  const becameLost = (why: string): void => {
    if (fault === null) since = now()
    fault = why
    if (heard.notReadySince === null)
      heard = { ...heard, readyAt: null, notReadySince: now(), probedAt: null }
  }

  const events: ConnectionEvents = {
    onReady: becameReady,
    onClosed: (code) => becameLost(`Discord closed the connection (${code})`),
    onHeartbeat: () => {
      heard = { ...heard, heartbeatAt: now() }
    },
    onDispatch: (type, data) => {
      heard = { ...heard, dispatchAt: now(), probedAt: null }
      // It only ever comes because a probe asked for it.
      if (type === 'GUILD_MEMBERS_CHUNK') probeWorks = true
      else options.onDispatch(type, data)
    },
  }

  const open = (): Connection => {
    heard = nothingHeard(now())
    // After one 401 the client has forgotten it.
    client.rest.setToken(options.token)
    const opening = openConnection(
      {
        token: options.token,
        intents: intents.guildMessages | intents.directMessages,
        rest: client.rest,
      },
      events,
    )
    connection = opening
    opening.opened.catch((error: unknown) => {
      if (connection !== opening) return
      becameLost(error instanceof GatewayRefusal ? error.message : 'Discord could not be reached')
    })
    return opening
  }

  const replace = async (old: Connection, why: string): Promise<void> => {
    log.warn({ why }, 'The connection to Discord is deaf; it is replaced by a new one')
    becameLost(why)
    wasDeaf = why
    replaced++
    // Until it is gone it could hear what the new one hears, and both would act.
    await old.end()
    if (connection === old) open()
  }

  const look = async (): Promise<void> => {
    const current = connection
    if (current === null || looking) return
    looking = true
    try {
      const ready = await current.ready()
      if (!ready) becameLost(fault ?? 'it is not ready, and Discord says nothing')
      else if (heard.notReadySince !== null) becameReady()
      const patienceMs = Math.min(patience.firstMs * 2 ** replaced, patience.longestMs)
      const why = whyDeaf(heard, now(), { patienceMs, probeWorks })
      if (why !== null) await replace(current, why)
      else if (shouldProbe(heard, now())) {
        heard = { ...heard, probedAt: now() }
        const { botUserId } = await client.identify()
        await current.ping(client.guildId, botUserId)
      }
    } catch {
      // What went wrong shows in what is not heard.
    } finally {
      looking = false
    }
  }

  return {
    start: async () => {
      const opening = open()
      fault = 'it is being opened'
      endLooking = options.timers.every(lookEveryMs, look)
      const inTime = new AbortController()
      try {
        const late = options.timers.pass(firstReadyMs, inTime.signal)
        await Promise.race([opening.opened, late, stopped.promise])
      } catch (error) {
        if (!(error instanceof GatewayRefusal)) return
        endLooking()
        connection = null
        await opening.end()
        throw error
      } finally {
        inTime.abort()
      }
    },
    stop: async () => {
      endLooking()
      stopped.resolve()
      const last = connection
      connection = null
      becameLost('it was stopped')
      await last?.end()
    },
    state: () => {
      const at = `${new Date(since).toISOString().slice(11, 16)} UTC`
      if (fault !== null) return { connected: false, sentence: `not connected since ${at}: ${fault}` }
      return {
        connected: true,
        sentence: `connected since ${at}${wasDeaf === null ? '' : `, after a connection that was deaf: ${wasDeaf}`}`,
      }
    },
  }
}

const nothingHeard = (now: number): Heard => ({
  readyAt: null,
  notReadySince: now,
  heartbeatAt: now,
  dispatchAt: now,
  probedAt: null,
})
