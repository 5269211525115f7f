import { once } from 'node:events'
import { createServer } from 'node:http'
import { answerParent } from './child.ts'

/** Says yes to every POST at once, and counts how often each `Idempotency-Key` came. Any GET finds it ill. */
const calls = new Map<string, number>()

const server = createServer((request, response) => {
  const acts = request.method === 'POST'
  if (acts) {
    const key = String(request.headers['idempotency-key'])
    calls.set(key, (calls.get(key) ?? 0) + 1)
  }
  request.resume()
  response.writeHead(acts ? 200 : 503, { 'content-type': 'application/json' })
  response.end('{"done":true}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

export type Question = 'port' | 'forget'

export interface Answer {
  readonly port: number
  /** How many keys came since they were last forgotten, and how often the most frequent of them. */
  readonly keys: number
  readonly most: number
}

answerParent<Question, Answer>(async (question) => {
  const seen = { port, keys: calls.size, most: Math.max(0, ...calls.values()) }
  if (question === 'forget') calls.clear()
  return seen
})
