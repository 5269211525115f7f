import { once } from 'node:events'
import { createServer } from 'node:http'
import { answerParent } from './child.ts'

/**
 * What Suture heals in a bench: unhealthy until its step is performed, healthy from then on. Paths are
 * `/SERVICE/health`, `/SERVICE/restart` and `/SERVICE/effects/KEY`.
 */
const restartedAt = new Map<string, number>()
const waiting = new Map<string, (at: number) => void>()

const server = createServer((request, response) => {
  const [, service = '', what = ''] = (request.url ?? '').split('/')
  if (request.method === 'POST' && what === 'restart') {
    const at = performance.timeOrigin + performance.now()
    if (!restartedAt.has(service)) restartedAt.set(service, at)
    waiting.get(service)?.(at)
  }
  const isDown = what === 'health' && !restartedAt.has(service)
  response.writeHead(isDown ? 503 : what === 'effects' ? 404 : 200, { 'content-type': 'application/json' })
  request.resume()
  response.end(JSON.stringify({ status: isDown ? 'fail' : 'pass' }))
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

export type Question = { readonly kind: 'port' } | { readonly kind: 'restarted'; readonly service: string }

const withinMs = 30_000

/** The port, or when the service was restarted: milliseconds since 1970 with their fractions. */
answerParent<Question, number>(async (question) => {
  if (question.kind === 'port') return port
  const { service } = question
  const known = restartedAt.get(service)
  if (known !== undefined) return known
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${service} was not restarted within ${withinMs / 1000} s`)),
      withinMs,
    )
    waiting.set(service, (at) => {
      clearTimeout(late)
      resolve(at)
    })
  })
})
