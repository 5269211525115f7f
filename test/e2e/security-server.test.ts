import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEventFeed } from '../../src/app/event-feed.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { readSettings } from '../../src/config.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { type OpenPort, takePort } from '../../src/start/listen.ts'
import { serve } from '../../src/start/serve.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

/** The server as it is really started, behind a proxy that ends https. */

let t: TestApp
let port: OpenPort
let end: () => Promise<void>
beforeAll(async () => {
  t = await testApp({ lab: false })
  port = await takePort('127.0.0.1', 0, false)
  const read = readSettings({ SUTURE_PUBLIC_URL: 'https://suture.example.com' })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const context = {
    app: t.app,
    peopleApp: t.app,
    store: t.app.store,
    feed: createEventFeed(),
    containment: () => ({ kind: 'process_group', sentence: '' }),
    useBell: () => undefined,
    useProcessFacts: () => undefined,
    close: async () => undefined,
  }
  end = await serve(context, port, {
    settings: read.settings,
    tenantId: testTenant,
    lab: null,
    version: '0.0.0-test',
    health: {
      database: { describe: 'a test', directory: null, away: () => null },
      watchdogAlive: null,
      configuration: () => ({ status: 'pass', detail: '' }),
    },
    prepare: async () => undefined,
  })
})
afterAll(async () => {
  await end()
  await t.close()
})

it('H9 the session cookie never travels by http where people come by https', async () => {
  const key = await createKey(t.app, await t.caller('Root', ['admin']), { name: 'root', scopes: ['read'] })
  if (isRejection(key)) throw new Error(key.detail)
  const began = await fetch(`http://127.0.0.1:${port.port}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: key.key }),
  })
  expect(began.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
})

it('H9 a request that never ends is ended: nobody holds connections by sending a byte now and then', async () => {
  expect(port.server.headersTimeout).toBeLessThanOrEqual(10_000)
  expect(port.server.requestTimeout).toBeLessThanOrEqual(30_000)
  port.server.headersTimeout = 50
  port.server.requestTimeout = 50
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port.port, '127.0.0.1', () => socket.write('GET /health HTTP/1.1\r\nHost: 127.0'))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toContain('X-API-Version: 1')
})
