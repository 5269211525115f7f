import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { thirdFlag, variantOf } from './estate.ts'

/**
 * What the runs act on. It outlives every Suture, writes each effect down, and is less kind than a real target: it does not
 * keep a key from taking effect twice, it counts. So a count of two is Suture's fault alone.
 */

export interface Effect {
  readonly key: string
  readonly service: string
  /** How often it was carried out. */
  readonly count: number
  /** Its place among all effects; by this the order of undoing is known. */
  readonly at: number
}

export interface Target {
  readonly url: string
  /** Effects of keys that begin with `prefix`, in the order in which they first happened. */
  readonly effects: (prefix: string) => Effect[]
  /** What the service answers to its probe from now on. Every effect of `mends` makes it well. */
  readonly fallIll: (service: string) => void
  /** How long each effect takes, from now on. */
  readonly takes: (ms: number) => void
  readonly close: () => Promise<void>
}

const Body = z.object({ flag: z.string().optional(), enabled: z.boolean().optional() })

export const openTarget = async (journalPath: string): Promise<Target> => {
  const effects = new Map<string, { key: string; service: string; count: number; at: number }>()
  const underWay = new Map<string, Promise<void>>()
  const well = new Set<string>()
  let takesMs = 0
  let last = 0

  const act = async (key: string, service: string): Promise<void> => {
    await pause(takesMs)
    const known = effects.get(key)
    last += 1
    if (known === undefined) effects.set(key, { key, service, count: 1, at: last })
    else known.count += 1
    appendFileSync(journalPath, `${JSON.stringify({ key, service, at: new Date().toISOString() })}\n`)
  }

  const perform = async (
    request: IncomingMessage,
    response: ServerResponse,
    service: string,
  ): Promise<void> => {
    const key = String(request.headers['idempotency-key'] ?? '')
    const { flag, enabled } = Body.parse(JSON.parse(await text(request)))
    const isThird = flag === thirdFlag && enabled === true
    if (isThird && variantOf(service) === 'refused')
      return answer(response, 500, {
        title: 'Refused',
        status: 500,
        detail: 'this service refuses the third step',
      })
    const acting = act(key, service)
    underWay.set(key, acting)
    await acting
    underWay.delete(key)
    if (isThird && variantOf(service) !== 'ill') well.add(service)
    answer(response, 200, { done: key })
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, room = '', name = '', what = ''] = (request.url ?? '').split('/')
    if (room === 'effects') {
      const key = decodeURIComponent(name)
      // While it is happening nobody can say yet.
      await underWay.get(key)
      return answer(response, effects.has(key) ? 200 : 404, { key })
    }
    if (what !== 'health') return perform(request, response, name)
    if (well.has(name)) return answer(response, 200, { status: 'pass' })
    if (variantOf(name) === 'ill') return answer(response, 500, { status: 'fail' })
    request.socket.destroy()
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) answer(response, 400, { title: String(error), status: 400 })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    effects: (prefix) =>
      [...effects.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .sort((one, other) => one.at - other.at),
    fallIll: (service) => well.delete(service),
    takes: (ms) => {
      takesMs = ms
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    connection: 'close',
  })
  response.end(JSON.stringify(body))
}
