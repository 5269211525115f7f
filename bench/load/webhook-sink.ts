import { once } from 'node:events'
import { createServer } from 'node:http'
import { z } from 'zod'

export interface Heard {
  /** When the notification that completed it arrived, on `performance.now()`. */
  readonly at: number
  /** Notifications until then. */
  readonly notifications: number
}

export interface Sink {
  readonly port: number
  /** Resolves once notifications have told of every alert, named `service/instance`. */
  readonly untilHeard: (alerts: readonly string[]) => Promise<Heard>
}

const Notification = z.object({
  alerts: z.array(z.object({ labels: z.object({ service: z.string(), instance: z.string() }) })),
})

const withinMs = 60_000

/** Receives Alertmanager's webhooks: the other end of a notification. */
export const startSink = async (): Promise<Sink> => {
  let waiting: { missing: Set<string>; notifications: number; heard: (heard: Heard) => void } | null = null
  const hear = (at: number, text: string): void => {
    if (waiting === null) return
    waiting.notifications += 1
    for (const { labels } of Notification.parse(JSON.parse(text)).alerts)
      waiting.missing.delete(`${labels.service}/${labels.instance}`)
    if (waiting.missing.size > 0) return
    waiting.heard({ at, notifications: waiting.notifications })
    waiting = null
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const at = performance.now()
      response.end()
      hear(at, Buffer.concat(chunks).toString('utf8'))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    untilHeard: (alerts) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`${waiting?.missing.size} of ${alerts.length} alerts were never told of`)),
          withinMs,
        )
        const heard = (result: Heard): void => {
          clearTimeout(late)
          resolve(result)
        }
        waiting = { missing: new Set(alerts), notifications: 0, heard }
      }),
  }
}
