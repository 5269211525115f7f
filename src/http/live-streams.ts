import type { ChangeEvent, EventFeed } from '../app/events.ts'

/**
 * Server-sent events. What a client has not taken yet waits in a bounded, coalesced list; a client that is too slow gets a
 * single `gap` instead, reads everything anew, and costs no more memory than anybody else.
 */
export interface LiveStreams {
  readonly open: (client: StreamClient) => ReadableStream<Uint8Array>
  /** Ends the streams of one key or session, at once. */
  readonly endOf: (credential: string) => void
  readonly endAll: () => void
  /** Of everybody, or of one key or session. */
  readonly count: (credential?: string) => number
}

export interface StreamClient {
  readonly tenantId: string
  readonly credential: string
  /** Asked at every ping, and when somebody was disabled: false ends the stream. */
  readonly mayStay: () => Promise<boolean>
}

const maxWaiting = 256
const encoder = new TextEncoder()

export const createLiveStreams = (feed: EventFeed, pingMs: number): LiveStreams => {
  const open = new Map<symbol, { credential: string; end: () => void }>()

  const openStream = (client: StreamClient): ReadableStream<Uint8Array> => {
    const id = Symbol(client.credential)
    const waiting = new Set<string>()
    let gap = false
    let ping = false
    let ended = false
    let wake: (() => void) | null = null
    const rouse = (): void => {
      wake?.()
      wake = null
    }
    const onGap = (): void => {
      waiting.clear()
      gap = true
      rouse()
    }
    const onChange = (event: ChangeEvent): void => {
      // Whoever was disabled looks on no longer, in whatever process it was done.
      if (event.topic === 'person') stayOrEnd()
      if (gap) return
      // The same thing changed twice before the client looked is one change: events carry no content.
      waiting.add(JSON.stringify({ topic: event.topic, id: event.id }))
      if (waiting.size > maxWaiting) onGap()
      else rouse()
    }
    const end = (): void => {
      if (ended) return
      ended = true
      clearInterval(timer)
      unsubscribe()
      open.delete(id)
      rouse()
    }
    // A database that is away is no reason to throw out everybody who looks on.
    const stayOrEnd = (): void => {
      client.mayStay().then(
        (stays) => (stays ? undefined : end()),
        () => undefined,
      )
    }
    const unsubscribe = feed.subscribe(client.tenantId, onChange, onGap)
    const timer = setInterval(() => {
      ping = true
      rouse()
      stayOrEnd()
    }, pingMs)
    open.set(id, { credential: client.credential, end })

    const take = (): string => {
      let text = ''
      if (gap) text += 'event: gap\ndata: {}\n\n'
      for (const data of waiting) text += `event: change\ndata: ${data}\n\n`
      if (ping) text += ': ping\n\n'
      gap = false
      ping = false
      waiting.clear()
      return text
    }

    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(encoder.encode('retry: 2000\n: welcome\n\n')),
        pull: async (controller) => {
          while (!ended && !gap && !ping && waiting.size === 0)
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          if (ended) controller.close()
          else controller.enqueue(encoder.encode(take()))
        },
        cancel: end,
      },
      { highWaterMark: 1 },
    )
  }

  return {
    open: openStream,
    endOf: (credential) => {
      for (const stream of open.values()) if (stream.credential === credential) stream.end()
    },
    endAll: () => {
      for (const stream of open.values()) stream.end()
    },
    count: (credential) =>
      credential === undefined
        ? open.size
        : [...open.values()].filter((stream) => stream.credential === credential).length,
  }
}
