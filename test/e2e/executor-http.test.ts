import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import type { HttpCall } from '../../src/domain/service.ts'
import { aContext, anHttpTarget, aRequest, monotonic } from '../support/executor.ts'
import { within } from '../support/patience.ts'

const TOKEN = 'very-secret-token-1234'
const executor = createHttpExecutor({
  clock: monotonic,
  secrets: { read: async (name) => (name === 'lab-token' ? TOKEN : null) },
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  return listen(server)
}

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const perform = (call: Partial<HttpCall> & { url: string }, over = {}, context = aContext()) =>
  executor.perform(aRequest({ target: anHttpTarget(call), ...over }), context)

describe('an HTTP action', () => {
  test('R1 carries the effect key, the bearer token and the bound body', async () => {
    const seen: { request: IncomingMessage; body: string }[] = []
    const base = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        seen.push({ request, body })
        answer(response, 200, { before: 1, after: 2 })
      })
    })
    const context = aContext()
    const call = { url: `${base}/scale`, body: { delta: '${{ parameters.delta }}' }, secret: 'lab-token' }
    const result = await perform(call, { effectKey: 'run-7.scale', parameters: { delta: 1 } }, context)
    expect(result).toEqual({ status: 'succeeded', summary: 'answered 200: before 1, after 2' })
    expect(seen).toHaveLength(1)
    const { request, body } = seen[0]!
    expect(request.method).toBe('POST')
    expect(request.headers).toMatchObject({
      'idempotency-key': 'run-7.scale',
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    })
    expect(body).toBe('{"delta":1}')
    expect(context.text('note')).toMatch(
      /^POST http.*\/scale \{"delta":1\} \(secret lab-token\) answered 200 in \d+/,
    )
  })

  test('R1 a secret that the target echoes, in body, JSON or error, reaches nobody', async () => {
    const base = await serve((request, response) => {
      const echo = { detail: `you sent ${request.headers.authorization}`, url: encodeURIComponent(TOKEN) }
      answer(response, 403, echo)
    })
    const context = aContext()
    const result = await perform({ url: base, secret: 'lab-token' }, {}, context)
    expect(result).toEqual({ status: 'failed', summary: 'answered 403: you sent Bearer [secret lab-token]' })
    expect(JSON.stringify([result, context.output])).not.toContain(TOKEN)
  })

  test('R1 without its secret nothing is sent', async () => {
    const hit = vi.fn()
    const base = await serve(hit)
    const result = await perform({ url: base, secret: 'other' })
    expect(result).toEqual({
      status: 'failed',
      summary: 'nothing was sent: secret other is not set; set SUTURE_SECRET_OTHER',
    })
    expect(hit).not.toHaveBeenCalled()
  })

  test('R1 nothing is sent once the lease is gone, and it is asked when the connection already stands', async () => {
    let connections = 0
    const bytes: Buffer[] = []
    const server = createTcpServer((socket) => {
      connections += 1
      socket.on('data', (chunk: Buffer) => bytes.push(chunk))
      socket.on('error', () => undefined)
    })
    const base = await listen(server)
    const result = await perform({ url: base }, {}, aContext({ mayAct: () => false }))
    expect(result).toMatchObject({ status: 'canceled', effect: 'none' })
    expect(connections).toBe(1)
    expect(Buffer.concat(bytes)).toHaveLength(0)
  })

  test.each([
    [201, { ok: true }, {}, 'succeeded'],
    [200, { status: 'done' }, { 'idempotent-replay': 'true' }, 'succeeded'],
    [302, {}, { location: 'http://127.0.0.1:1/' }, 'failed'],
    [404, { title: 'no such service' }, {}, 'failed'],
    [500, {}, {}, 'failed'],
    [503, {}, {}, 'failed'],
    [504, { title: 'No instance answered' }, { 'content-type': 'application/problem+json' }, 'failed'],
    [502, {}, { 'content-type': 'text/html' }, 'unknown'],
    [504, {}, { 'content-type': 'text/html' }, 'unknown'],
  ])('R1 %i %j %j is %s', async (status, body, headers, expected) => {
    let hits = 0
    const base = await serve((_, response) => {
      hits += 1
      answer(response, status, body, headers)
    })
    const result = await perform({ url: base })
    expect(result.status).toBe(expected)
    expect(hits).toBe(1)
    if ('idempotent-replay' in headers) expect(result.summary).toContain('already done under this key')
  })

  test('R1 a refused connection has failed, since nothing was sent', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const result = await perform({ url: `http://127.0.0.1:${port}/` })
    expect(result).toEqual({ status: 'failed', summary: 'nothing was sent: connection refused' })
  })

  test('R1 a connection that breaks after sending is unknown, and says that the target can be asked', async () => {
    const base = await serve((request) => void request.socket.destroy())
    expect(await perform({ url: base })).toMatchObject({ status: 'unknown' })
    const result = await perform({ url: base, effect: `${base}/effects/{key}` })
    expect(result).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('can be asked') as string,
    })
  })

  test('R1 an answer that breaks off or is not HTTP is unknown', async () => {
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"half":')
      response.socket?.end()
    })
    expect(await perform({ url: cut })).toMatchObject({ status: 'unknown' })
    const garbage = await listen(
      createTcpServer((socket: Socket) => void socket.once('data', () => socket.end('hello\n'))),
    )
    expect(await perform({ url: garbage })).toMatchObject({ status: 'unknown' })
  })

  test('G3 a target that never answers is given up in time, and may have acted', async () => {
    const base = await serve(() => undefined)
    const began = performance.now()
    const result = await perform({ url: base }, { timeoutMs: 200 })
    expect(result).toMatchObject({ status: 'timed_out', effect: 'maybe' })
    expect(performance.now() - began).toBeGreaterThanOrEqual(199)
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  test('G3 a body that never ends is given up in time too', async () => {
    const base = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    })
    expect(await perform({ url: base }, { timeoutMs: 200 })).toMatchObject({
      status: 'timed_out',
      effect: 'maybe',
    })
  })

  test('G3 a cancel ends the call, before sending without an effect and after it with a doubt', async () => {
    const controller = new AbortController()
    const base = await serve(() => controller.abort())
    const context = aContext({ signal: controller.signal })
    expect(await perform({ url: base }, {}, context)).toMatchObject({ status: 'canceled', effect: 'maybe' })
    expect(await perform({ url: base }, {}, context)).toMatchObject({ status: 'canceled', effect: 'none' })
    const timeout = aContext({ signal: AbortSignal.timeout(0) })
    await vi.waitFor(() => expect(timeout.signal.aborted).toBe(true), within)
    expect(await perform({ url: base }, {}, timeout)).toMatchObject({ status: 'timed_out', effect: 'none' })
  })

  test('R1 of an endless body 64 KB are read, as text, and the connection is dropped', async () => {
    let closed = false
    const base = await serve((_, response) => {
      response.on('close', () => (closed = true))
      response.on('error', () => undefined)
      const flood = () => {
        while (!closed && response.write(`\x1b[31m\0${'x'.repeat(10_000)}\n`));
      }
      response.on('drain', flood)
      flood()
    })
    const context = aContext()
    expect(await perform({ url: base }, {}, context)).toMatchObject({ status: 'succeeded' })
    await vi.waitFor(() => expect(closed).toBe(true), within)
    expect(context.text('stdout').length).toBeLessThan(66_000)
    expect(context.text()).not.toMatch(/[^\P{Cc}\n\t]/u)
  })
})

describe('asking for an effect', () => {
  test('R1 200 happened, 404 did not, anything else cannot be told', async () => {
    const asked: string[] = []
    const base = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      answer(response, Number(/status-(\d+)/.exec(request.url ?? '')?.[1]), {})
    })
    const probe = (status: number, effect: string | undefined = `${base}/effects/{key}`) => {
      const target = anHttpTarget({ url: `${base}/x`, secret: 'lab-token', ...(effect && { effect }) })
      return executor.probe(aRequest({ target, effectKey: `status-${status}` }), AbortSignal.timeout(2_000))
    }
    expect(await Promise.all([200, 404, 409, 500, 302].map((status) => probe(status)))).toEqual([
      'happened',
      'not_happened',
      'cannot_tell',
      'cannot_tell',
      'cannot_tell',
    ])
    expect(asked).toContain(`GET /effects/status-200 Bearer ${TOKEN}`)
    expect(await probe(200, '')).toBe('cannot_tell')
    expect(await probe(200, `${base}/effects/last`)).toBe('cannot_tell')
    expect(await probe(200, 'http://127.0.0.1:1/{key}')).toBe('cannot_tell')
    expect(asked).toHaveLength(5)
  })

  test('R1 another origin is asked without the secret of the target', async () => {
    let authorization: string | undefined = 'unset'
    const other = await serve((request, response) => {
      authorization = request.headers.authorization
      answer(response, 200, {})
    })
    const target = anHttpTarget({
      url: 'http://127.0.0.1:1/x',
      secret: 'lab-token',
      effect: `${other}/{key}`,
    })
    expect(await executor.probe(aRequest({ target }), AbortSignal.timeout(2_000))).toBe('happened')
    expect(authorization).toBeUndefined()
  })
})
