import type { REST } from '@discordjs/rest'
import { type SessionInfo, WebSocketManager, WebSocketShardEvents, WebSocketShardStatus } from '@discordjs/ws'

/**
 * One life of a gateway connection. `@discordjs/ws` resumes and identifies by itself; what it leaves open is closed here,
 * and a connection that was ended never comes back.
 */
export interface Connection {
  /** Resolves with READY. Rejects with `GatewayRefusal` when Discord refuses for good, else with what went wrong. */
  readonly opened: Promise<void>
  /** READY or RESUMED came, and the connection stands. A RESUME that is never answered shows here alone. */
  readonly ready: () => Promise<boolean>
  /** Asks the guild for one member: the answer comes over the gateway itself. */
  readonly ping: (guildId: string, userId: string) => Promise<void>
  /** Resolves when nothing is left of it, or after 6 s. */
  readonly end: () => Promise<void>
}

export interface ConnectionEvents {
  readonly onDispatch: (type: string, data: unknown) => void
  readonly onHeartbeat: () => void
  /** READY or RESUMED. */
  readonly onReady: () => void
  readonly onClosed: (code: number) => void
}

export class GatewayRefusal extends Error {}

/**
 * Kept below what Discord's own silence would cost, and the handshake below the wait for HELLO: a socket that is given up
 * while it still opens would fail later without a listener, and end the process.
 */
const timeouts = { handshakeTimeout: 5_000, helloTimeout: 10_000, readyTimeout: 15_000 }
const endedWithinMs = 6_000

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
const refusals: Readonly<Record<number, string>> = {
  4004: 'Discord refuses the bot token. Copy a fresh one from "Bot" in the developer portal.',
  4010: 'Discord refuses the shard.',
  4011: 'The bot is in so many servers that Discord wants several connections, which Suture does not make.',
  4012: 'Discord no longer speaks version 10 of its gateway.',
  4013: 'Discord does not know the intents that were asked for.',
  4014: 'Discord does not permit the intents that were asked for. Look under "Bot", "Privileged Gateway Intents".',
}

export const openConnection = (
  options: { readonly token: string; readonly intents: number; readonly rest: REST },
  events: ConnectionEvents,
): Connection => {
  let ended = false
  /** The socket is open: until then it can't be closed. */
  let greeted = false
  const opened = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const sessions = new Map<number, SessionInfo | null>()

  const manager = new WebSocketManager({
    ...timeouts,
    token: options.token,
    intents: options.intents,
    rest: options.rest,
    updateSessionInfo: (shard, session) => {
      sessions.set(shard, session)
    },
    retrieveSessionInfo: async (shard) => {
      // Asked before each new socket: the library would open another half a second after a connection was ended.
      if (ended) {
        over.resolve()
        await new Promise<never>(() => undefined)
      }
      return sessions.get(shard) ?? null
    },
  })
  const close = async (): Promise<void> => {
    try {
      await manager.destroy({ code: 1_000, reason: 'Suture ends this connection' })
    } finally {
      over.resolve()
    }
  }
  const onReady = (): void => {
    opened.resolve()
    if (!ended) events.onReady()
  }

  manager.on(WebSocketShardEvents.Ready, onReady)
  manager.on(WebSocketShardEvents.Resumed, onReady)
  manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
    if (!ended) events.onDispatch(data.t, data.d)
  })
  manager.on(WebSocketShardEvents.HeartbeatComplete, () => {
    if (!ended) events.onHeartbeat()
  })
  manager.on(WebSocketShardEvents.Hello, () => {
    greeted = true
    if (ended) void close()
  })
  manager.on(WebSocketShardEvents.Closed, ({ code }) => {
    greeted = false
    const refusal = refusals[code]
    if (refusal !== undefined) opened.reject(new GatewayRefusal(refusal))
    if (!ended) events.onClosed(code)
  })
  // Without a listener an error would end the process. What it means is told by the close code.
  manager.on(WebSocketShardEvents.Error, () => undefined)

  manager.connect().catch((error: unknown) => opened.reject(error))
  // Whoever opened it may have turned away before it fails.
  opened.promise.catch(() => undefined)

  const states = async () => [...(await manager.fetchStatus()).values()]
  return {
    opened: opened.promise,
    ready: async () => {
      const all = await states()
      return all.length > 0 && all.every((state) => state === WebSocketShardStatus.Ready)
    },
    ping: async (guildId, userId) => {
      await manager.send(0, { op: 8, d: { guild_id: guildId, user_ids: [userId] } })
    },
    end: async () => {
      ended = true
      const opening = (await states()).includes(WebSocketShardStatus.Connecting) && !greeted
      // A socket that is just opening is closed as soon as it says HELLO, or fails by itself.
      if (!opening) void close()
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, endedWithinMs)
      await Promise.race([over.promise, late.promise])
      clearTimeout(timer)
    },
  }
}
