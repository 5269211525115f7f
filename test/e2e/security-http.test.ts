import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createListener } from '../../src/http/listener.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

/** Requests that no honest client would send. */

let t: TestHttp
let server: Server
let port: number
let ben: SignedIn
let dan: SignedIn
beforeAll(async () => {
  t = await testHttp()
  ben = await t.persona('person_ben')
  dan = await t.persona('person_dan')
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

/** Bytes as they are, over a connection of its own; what came back until it was closed or said enough. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (/\r\n\r\n/.test(answer)) socket.destroy()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

const cursorOf = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')

describe('a cursor of somebody’s own making', () => {
  const times = [8.64e15, -8.64e15, 253_402_300_800_000, -1, 1.5, 1e300, '2026-01-01', null]
  const cursors = [
    ...times.map((at) => cursorOf(at, 'inc-1')),
    cursorOf(1, '\u0000'),
    cursorOf(1, '\ud800'),
    cursorOf(1, { id: 1 }),
    cursorOf(1),
    cursorOf([], []),
    'e30',
    '%00',
    "' or 1=1 --",
  ]
  it('H1 is refused by name or simply finds nothing: never a fault', async () => {
    for (const path of ['/v1/incidents', '/v1/runs', '/v1/approvals', '/v1/keys'])
      for (const after of cursors) {
        const answer = await t.ask('GET', `${path}?after=${encodeURIComponent(after)}`, { as: dan })
        expect([200, 422], `${path} ${after}`).toContain(answer.status)
      }
    expect(t.logged.filter((line) => line.includes('ended in a fault'))).toEqual([])
  })

  it('H1 neither are odd limits, and they never lift the bound', async () => {
    for (const limit of ['0', '-1', '201', '1e3', '1.5', 'NaN', 'Infinity', '', ' ', '0x10', '٣'])
      expect([200, 422], limit).toContain(
        (await t.ask('GET', `/v1/incidents?limit=${encodeURIComponent(limit)}`, { as: dan })).status,
      )
    expect((await t.ask('GET', '/v1/incidents?limit=100000', { as: dan })).status).toBe(422)
    expect((await t.ask('GET', '/v1/incidents?limit=1&limit=2', { as: dan })).status).toBe(422)
  })
})

describe('a path that is written oddly', () => {
  it('H9 opens nothing that the plain path would not, and faults nowhere', async () => {
    const paths = [
      '/v1//incidents',
      '//v1/incidents',
      '/V1/incidents',
      '/v1/incidents/',
      '/v1/./incidents',
      '/v1/x/../incidents',
      '/v1/%69ncidents',
      '/v1/incidents%2F',
      '/v1/incidents/..%2f..%2fkeys',
      '/v1/runs/%00',
      '/v1/runs/%zz',
      '/v1/runs/%ff%fe',
      '/health/../v1/incidents',
      '/health%2F..%2Fv1/incidents',
      '/v1/incidents;x=1',
      '/v1/incidents?%00=1',
      '/v1/incidents?__proto__=1',
    ]
    for (const path of paths) {
      const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`
      expect(await raw(head), path).toMatch(/^HTTP\/1\.1 4\d\d /)
    }
    expect(t.logged.filter((line) => line.includes('ended in a fault'))).toEqual([])
  })

  it('H9 is held to our Host, whatever the request line says', async () => {
    for (const [line, host] of [
      [`http://evil.example/v1/me`, '127.0.0.1.evil.example'],
      [`http://127.0.0.1:${port}/v1/me`, 'evil.example'],
      ['/v1/me', `evil.example:${port}`],
      ['/v1/me', `127.0.0.1:${port}@evil.example`],
      ['/v1/me', ''],
    ])
      expect(
        await raw(`GET ${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
        `${line} ${host}`,
      ).toMatch(/^HTTP\/1\.1 4\d\d /)
  })
})

describe('a method that is not what it seems', () => {
  it('H9 is not lifted by an override in a header', async () => {
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method'])
      expect(
        (await t.ask('GET', '/v1/governance', { as: dan, headers: { [name]: 'PATCH' } })).json,
      ).toMatchObject({ mode: 'propose' })
  })

  it('H9 a preflight from elsewhere is promised nothing', async () => {
    const answer = await t.ask('OPTIONS', '/v1/governance', {
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'PATCH' },
    })
    expect(answer.status).toBe(405)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('H1 HEAD answers without a body and changes nothing', async () => {
    for (const path of ['/v1/me', '/v1/events', '/openapi.json', '/health']) {
      const answer = await t.ask('HEAD', path, { as: dan })
      expect([answer.status, answer.text], path).toEqual([200, ''])
    }
  })
})

describe('a body that is not what it says', () => {
  it('H7 is never unpacked: a small gzip stays a small gzip, and is refused', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20))
    for (const path of ['/v1/clicks', '/v1/keys']) {
      const answer = await t.ask('POST', path, {
        as: dan,
        body: new Uint8Array(bomb),
        headers: { 'content-encoding': 'gzip' },
      })
      expect(answer.status, path).toBe(400)
    }
  })

  it('H7 of 10 MB is refused on every route that takes one, with its size named', async () => {
    const big = `{"token": "${'x'.repeat(10 * 1024 * 1024)}"}`
    for (const operation of t.http.operations.filter((each) => each.body !== null)) {
      const path = operation.path.replace('{id}', 'inc-1')
      const answer = await t.ask(operation.method.toUpperCase(), path, { as: dan, body: big })
      expect(answer.status, operation.id).toBe(413)
    }
  })

  it('H7 with thousands of wrong fields is told of one, in few words', async () => {
    const scopes = Array.from({ length: 40_000 }, () => 'x')
    const answer = await t.ask('POST', '/v1/keys', { as: dan, body: { name: 'n', scopes } })
    expect(answer.status).toBe(422)
    expect(answer.text.length).toBeLessThan(2_000)
  })
})

describe('live events', () => {
  it('H6 are not all taken by one key or session', async () => {
    const open = () =>
      t.http.fetch(
        new Request('http://127.0.0.1:4800/v1/events', {
          headers: { host: '127.0.0.1:4800', cookie: ben.cookie },
        }),
      )
    const streams = await Promise.all(Array.from({ length: 25 }, open))
    expect(streams.filter((answer) => answer.status === 200)).toHaveLength(20)
    expect(streams.filter((answer) => answer.status === 503)).toHaveLength(5)
    expect((await t.ask('GET', '/v1/events', { as: dan })).status).toBe(200)
    for (const stream of streams) await stream.body?.cancel()
    expect((await open()).status).toBe(200)
  })
})

describe('an answer that could not be kept', () => {
  it('H7 is given all the same: what was done is not called undone', async () => {
    const id = 'made-once'
    // The row that the answer is kept in goes away between the work and the keeping.
    const owner = new pg.Client({ connectionString: t.ownerUrl })
    await owner.connect()
    await owner.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$`)
    await owner.query(
      `create trigger refuse before update on idempotency_key for each row execute function refuse()`,
    )
    try {
      const answer = await t.ask('POST', '/v1/people', {
        as: dan,
        body: { id, name: 'Made', roles: [] },
        headers: { 'idempotency-key': 'kept-nowhere' },
      })
      expect(answer).toMatchObject({ status: 201, json: { id } })
    } finally {
      await owner.query('drop trigger refuse on idempotency_key')
      await owner.end()
    }
  })
})
