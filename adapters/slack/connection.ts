import type { AdapterLog } from './client.ts'
import { askedToWaitMs, reasonOf, refusalOf } from './failure.ts'
import { openSocket, type SlackSocket, type SlackSocketOptions } from './socket.ts'

/** Keeps one connection of Socket Mode at all times, and two while one replaces the other, so that nothing falls between. */
export interface Connection {
  /** Resolves after the first attempt; throws when Slack refuses the token. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly status: () => ConnectionStatus
}

export interface ConnectionStatus {
  readonly kind: 'waiting' | 'connected' | 'lost' | 'stopped'
  /** Epoch milliseconds. */
  readonly since: number
  readonly why: string
}

export interface ConnectionTiming {
  readonly pingMs: number
  readonly helloMs: number
  /** The first wait after a failure; each later one is twice as long, up to 30 s. */
  readonly retryMs: number
  /** An old connection is kept so long after its successor is there: what is under way is acknowledged on it. */
  readonly drainMs: number
  /**
   * A connection is replaced after so long even when it looks well: a bot can answer pings and get no events. Costs nothing,
   * and bounds how long that can last.
   */
  readonly renewMs: number
}

export const connectionTiming: ConnectionTiming = {
  pingMs: 5_000,
  helloMs: 10_000,
  retryMs: 500,
  drainMs: 3_000,
  renewMs: 3_600_000,
}

const longestWaitMs = 30_000

export interface ConnectionOptions
  extends Pick<SlackSocketOptions, 'appToken' | 'apiUrl' | 'logger' | 'onEnvelope'> {
  readonly timing: ConnectionTiming
  readonly log: AdapterLog
  readonly now: () => number
}

export const keepConnected = (options: ConnectionOptions): Connection => {
  const { timing, log, now } = options
  const stopping = new AbortController()
  const closing = new Set<Promise<void>>()
  let status: ConnectionStatus = { kind: 'waiting', since: now(), why: 'not started' }
  let current: SlackSocket | null = null
  let replacing: Promise<void> | null = null
  let renewal: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    let socket: SlackSocket | null = null
    socket = await openSocket({
      ...options,
      ...timing,
      signal: stopping.signal,
      onRefresh: (reason) => {
        if (socket !== null && socket === current) replace(`Slack asked for it: ${reason}`)
      },
    })
    // Stopped in the very moment of the hello: nobody else would close it.
    if (stopping.signal.aborted) await socket.close()
    else adopt(socket)
  }

  const adopt = (socket: SlackSocket): void => {
    const old = current
    current = socket
    status = { kind: 'connected', since: now(), why: '' }
    clearTimeout(renewal)
    renewal = setTimeout(replace, timing.renewMs, 'it was due')
    if (old !== null) closeLater(old)
    void socket.gone.then((why) => {
      if (socket !== current || stopping.signal.aborted) return
      status = { kind: 'lost', since: now(), why }
      log.warn({ why }, 'Slack: the connection is gone; connecting again')
      replace(why)
    })
  }

  const closeLater = (old: SlackSocket): void => {
    const closed = pause(timing.drainMs, stopping.signal)
      .then(old.close)
      .finally(() => closing.delete(closed))
    closing.add(closed)
  }

  const replace = (why: string): void => {
    if (replacing !== null || stopping.signal.aborted) return
    log.info({ why }, 'Slack: the connection is being replaced')
    replacing = untilConnected().finally(() => {
      replacing = null
      // The new one may have broken before it was noted that it is there.
      if (status.kind === 'lost') replace(status.why)
    })
  }

  const untilConnected = async (): Promise<void> => {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        await connect()
        return
      } catch (error) {
        const why = reasonOf(error)
        if (status.kind !== 'connected') status = { ...status, kind: 'lost', why }
        if (!stopping.signal.aborted) log.warn({ why }, 'Slack: no connection yet')
        const wait = Math.min(longestWaitMs, timing.retryMs * 2 ** attempt) * (0.5 + Math.random() / 2)
        await pause(Math.max(askedToWaitMs(error), wait), stopping.signal)
      }
    }
  }

  return {
    start: async () => {
      try {
        await connect()
      } catch (error) {
        const refused = refusalOf(error)
        status = { kind: 'lost', since: now(), why: reasonOf(error) }
        if (refused !== null) throw new Error(`Slack refuses the app token: ${refused}`, { cause: error })
        replace(status.why)
      }
    },
    stop: async () => {
      stopping.abort()
      clearTimeout(renewal)
      status = { kind: 'stopped', since: now(), why: 'stopped' }
      await replacing
      await current?.close()
      await Promise.all(closing)
    },
    status: () => status,
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) return Promise.resolve()
  const done = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', done)
    resolve()
  }
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', done)
  return promise
}
