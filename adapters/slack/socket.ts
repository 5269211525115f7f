import type { Socket } from 'node:net'
import type { Logger } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import { Agent, buildConnector } from 'undici'
import { z } from 'zod'

/** One websocket of Socket Mode, https://docs.slack.dev/apis/events-api/using-socket-mode, from its `hello` to its end. */
export interface SlackSocket {
  /** Resolves with the reason when the connection is gone. */
  readonly gone: Promise<string>
  /** Says goodbye, and hangs up when the other side does not. */
  readonly close: () => Promise<void>
}

export interface SlackSocketOptions {
  readonly appToken: string
  readonly apiUrl: string
  readonly logger: Logger
  /** Aborted: whatever is under way ends, and `openSocket` rejects. */
  readonly signal: AbortSignal
  /** A ping is sent three times in this while; as long without an answer and the connection is dead. */
  readonly pingMs: number
  /** Slack must say hello within this time. */
  readonly helloMs: number
  readonly onEnvelope: (envelope: Envelope) => void
  /** Slack wants this connection replaced; it still carries what is under way. */
  readonly onRefresh: (reason: string) => void
}

export interface Envelope {
  readonly body: Record<string, unknown>
  readonly retryNum: number
  readonly retryReason: string | null
  /** Rejects when the connection is gone: then Slack delivers again. */
  readonly ack: (response?: unknown) => Promise<void>
}

const Frame = z.looseObject({
  type: z.string(),
  reason: z.string().optional(),
  payload: z.unknown().optional(),
})
const WithEvent = z.object({ event: z.object({ type: z.string() }) })

const Delivered = z.object({
  body: z.record(z.string(), z.unknown()),
  ack: z.custom<Envelope['ack']>((value) => typeof value === 'function'),
  retry_num: z.number().catch(0).default(0),
  retry_reason: z.string().nullish().catch(null),
})

/** How long a goodbye may take, ms. Slack answers a close frame and then keeps the connection. */
const goodbyeMs = 500

/** The library leaves the old socket before it has a new one, and throws on an event without content: both are met here. */
class PatientClient extends SocketModeClient {
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    if (isBinary || typeof data !== 'string') return
    const frame = Frame.safeParse(parse(data))
    if (!frame.success) return
    const { type, reason, payload } = frame.data
    if (type === 'disconnect') this.emit('refresh', reason ?? 'no reason given')
    else if (type === 'events_api' && !WithEvent.safeParse(payload).success)
      await super.onWebSocketMessage(JSON.stringify({ ...frame.data, type: 'events_api_other' }), false)
    else await super.onWebSocketMessage(data, false)
  }

  /**
   * False from the moment a close frame came. Slack keeps the connection below it open, so the library's events tell of it
   * only after seconds; and it keeps its websocket to itself.
   */
  isOpen(): boolean {
    const socket: unknown = Reflect.get(this, 'websocket')
    return socket instanceof Object && 'readyState' in socket && socket.readyState === WebSocket.OPEN
  }
}

const parse = (data: string): unknown => {
  try {
    return JSON.parse(data) as unknown
  } catch {
    return null
  }
}

/** Resolves once Slack has said hello. Rejects with Slack's own error, or one that says what did not happen. */
export const openSocket = async (options: SlackSocketOptions): Promise<SlackSocket> => {
  const wires = new Set<Socket>()
  let over = false
  const connect = buildConnector({ allowH2: false, timeout: options.helloMs })
  const agent = new Agent({
    // The library hides its socket: only here can it be watched, and hung up on.
    connect: (to, callback) =>
      connect(to, (...result) => {
        const [, wire] = result
        if (wire !== null) {
          wires.add(wire)
          if (over) wire.destroy()
        }
        callback(...result)
      }),
  })
  const client = new PatientClient({
    appToken: options.appToken,
    logger: options.logger,
    autoReconnectEnabled: false,
    clientPingTimeout: options.pingMs,
    dispatcher: agent,
    clientOptions: {
      slackApiUrl: options.apiUrl,
      retryConfig: { retries: 0 },
      timeout: options.helloMs,
      rejectRateLimitedCalls: true,
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          signal: AbortSignal.any([options.signal, ...(init?.signal == null ? [] : [init.signal])]),
        }),
    },
  })
  const { promise: gone, resolve: end } = Promise.withResolvers<string>()
  client.on('disconnected', () => end('Slack closed the connection'))
  client.on('refresh', options.onRefresh)
  client.on('slack_event', (delivered: unknown) => {
    const read = Delivered.safeParse(delivered)
    if (!read.success) return
    const { body, ack, retry_num: retryNum, retry_reason: retryReason } = read.data
    options.onEnvelope({ body, ack, retryNum, retryReason: retryReason ?? null })
  })
  const hangUp = (why: string): void => {
    over = true
    end(why)
    for (const wire of wires) wire.destroy()
  }
  const close = async (): Promise<void> => {
    const goodbye = setTimeout(hangUp, goodbyeMs, 'closed')
    void client.disconnect()
    await gone
    clearTimeout(goodbye)
    hangUp('closed')
    await agent.destroy()
  }
  try {
    await hello(client.start(), options)
  } catch (error) {
    await close()
    throw error
  }
  // The library pings, and begins to close when no pong comes; it then waits for an answer that a dead peer can't give.
  let heard = { bytes: 0, at: performance.now() }
  const watch = setInterval(() => {
    const bytes = [...wires].reduce((sum, wire) => sum + wire.bytesRead, 0)
    if (bytes !== heard.bytes) heard = { bytes, at: performance.now() }
    if (client.isOpen()) return
    const silentMs = performance.now() - heard.at
    hangUp(
      silentMs < options.pingMs
        ? 'Slack closed the connection'
        : `no sign of life from Slack for ${(silentMs / 1000).toFixed(1)} s`,
    )
  }, options.pingMs / 5)
  void gone.then(() => {
    clearInterval(watch)
  })
  return { gone, close }
}

const hello = async (started: Promise<unknown>, { helloMs, signal }: SlackSocketOptions): Promise<void> => {
  const { promise: never, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, helloMs, new Error(`Slack did not say hello within ${helloMs / 1000} s`))
  const stop = (): void => reject(new Error('stopped'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([started, never])
  } catch (error) {
    started.catch(() => {})
    // The library rejects with nothing when the socket closes before hello.
    throw error instanceof Error ? error : new Error('Slack closed the connection before its hello')
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
