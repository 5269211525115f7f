import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ChangeEvent } from '../../src/app/events.ts'
import { createListener } from '../../src/http/listener.ts'
import { createLiveStreams } from '../../src/http/live-streams.ts'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { within } from '../support/patience.ts'

let t: TestHttp
let server: Server
let port: number
beforeAll(async () => {
  t = await testHttp({ deps: { pingMs: 50 } })
  server = createServer(createListener(t.http))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await t.close()
})

const listen = (headers: Record<string, string>, at = port) =>
  new Promise<{ text: () => string; ended: () => boolean; answer: IncomingMessage }>((resolve, reject) => {
    let text = ''
    let ended = false
    get({ host: '127.0.0.1', port: at, path: '/v1/events', headers }, (answer) => {
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('close', () => (ended = true))
      answer.on('error', () => undefined)
      resolve({ text: () => text, ended: () => ended, answer })
    }).on('error', reject)
  })
const cookie = (who: SignedIn) => ({ cookie: who.cookie })

describe('live events', () => {
  it('H6 tell what changed, to those of the same tenant only, and ping', async () => {
    const stream = await listen(cookie(await t.persona('person_ada')))
    expect(stream.answer.headers['content-type']).toBe('text/event-stream')
    expect(stream.answer.headers['x-api-version']).toBe('1')
    await vi.waitFor(() => expect(stream.text()).toContain('welcome'), within)
    t.feed.publish(testTenant, [['incident', 'inc-1']])
    t.feed.publish('other', [['incident', 'inc-of-others']])
    await vi.waitFor(
      () => expect(stream.text()).toContain('event: change\ndata: {"topic":"incident","id":"inc-1"}\n\n'),
      within,
    )
    await vi.waitFor(() => expect(stream.text()).toContain(': ping'), within)
    expect(stream.text()).not.toContain('inc-of-others')
    t.feed.gap()
    await vi.waitFor(() => expect(stream.text()).toContain('event: gap'), within)
    stream.answer.destroy()
  })

  it('H6 need a right to read, like everything else', async () => {
    expect((await t.ask('GET', '/v1/events')).status).toBe(401)
    expect((await t.ask('GET', '/v1/events', { as: `sut_lab_000000000000_${'a'.repeat(43)}` })).status).toBe(
      401,
    )
  })

  it('H6 end at once when their session is ended', async () => {
    const ada = await t.persona('person_ada')
    const ben = await t.persona('person_ben')
    const mine = await listen(cookie(ada))
    const other = await listen(cookie(ben))
    expect((await t.ask('DELETE', '/v1/session', { as: ada })).status).toBe(204)
    await vi.waitFor(() => expect(mine.ended()).toBe(true), within)
    expect(other.ended()).toBe(false)
    other.answer.destroy()
  })

  it('H6 end at once when their person is disabled, and no stream of others does', async () => {
    // No ping comes meanwhile: only the change itself can tell.
    const dan = await t.persona('person_dan')
    const quiet = await testHttp({ deps: { app: t.app, events: t.feed, pingMs: 3_600_000 } })
    const there = createServer(createListener(quiet.http))
    await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve))
    const at = (there.address() as { port: number }).port
    const mine = await listen(cookie(await t.persona('person_ada')), at)
    const other = await listen(cookie(await t.persona('person_ben')), at)
    await vi.waitFor(() => expect(other.text()).toContain('welcome'), within)
    expect(await t.ask('POST', '/v1/people/person_ada/disable', { as: dan, body: {} })).toMatchObject({
      status: 200,
    })
    t.feed.publish(testTenant, [['person', 'person_ada']])
    await vi.waitFor(() => expect(mine.ended()).toBe(true), within)
    expect(other.ended()).toBe(false)
    await t.ask('POST', '/v1/people/person_ada/enable', { as: dan, body: {} })
    there.closeAllConnections()
    await new Promise((resolve) => there.close(resolve))
  })

  it('H6 end when their session expires or their key is revoked elsewhere', async () => {
    const stream = await listen(cookie(await t.persona('person_ada')))
    t.shift(13 * 3_600_000)
    await vi.waitFor(() => expect(stream.ended()).toBe(true), within)
    t.shift(-13 * 3_600_000)
  })

  it('H6 a client that goes away is forgotten', async () => {
    const stop = vi.fn<() => void>()
    const streams = createLiveStreams({ subscribe: () => stop }, 60_000)
    const reader = streams.open({ tenantId: 'x', credential: 'c', mayStay: async () => true }).getReader()
    await reader.read()
    expect(streams.count()).toBe(1)
    await reader.cancel()
    expect([streams.count(), stop.mock.calls.length]).toEqual([0, 1])
  })

  it('H6 a client that is too slow gets one gap instead of a growing list; repeated changes are one', async () => {
    let publish: (event: ChangeEvent) => void = () => undefined
    const streams = createLiveStreams(
      {
        subscribe: (_tenant, listener) => {
          publish = listener
          return () => undefined
        },
      },
      60_000,
    )
    const reader = streams.open({ tenantId: 'x', credential: 'c', mayStay: async () => true }).getReader()
    const next = async () => Buffer.from((await reader.read()).value ?? []).toString('utf8')
    expect(await next()).toContain('welcome')
    publish({ tenantId: 'x', topic: 'run', id: 'first' })
    await vi.waitFor(async () => expect(await next()).toContain('first'), within)
    for (let round = 0; round < 100; round += 1) publish({ tenantId: 'x', topic: 'run', id: 'run-1' })
    const same = await next()
    expect(same.match(/run-1/g)?.length).toBeLessThanOrEqual(1)
    for (let at = 0; at < 100_000; at += 1) publish({ tenantId: 'x', topic: 'card', id: `card-${at}` })
    let text = ''
    while (!text.includes('gap')) text = await next()
    expect(text.length).toBeLessThan(50_000)
    streams.endAll()
    await expect(reader.closed).resolves.toBeUndefined()
  })
})
