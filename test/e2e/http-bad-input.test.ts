import { createServer, request as httpRequest, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerClientError, createListener } from '../../src/http/listener.ts'
import { alertSecret, type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let ada: SignedIn
let server: Server
let port: number
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
  server = createServer(createListener(t.http))
  server.on('clientError', answerClientError)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await t.close()
})

const click = (body: unknown, headers: Record<string, string> = {}) =>
  t.ask('POST', '/v1/clicks', { as: ada, body, headers })
const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`

describe('a body that is wrong is a 4xx problem that names it', () => {
  const cases: [string, string, number, RegExp][] = [
    ['malformed', '{"token": ', 400, /expected JSON, found/],
    ['empty', '', 400, /empty body/],
    ['too deep', deep, 400, /at most 32 levels/],
    ['__proto__', '{"__proto__": {"a": 1}, "token": "x"}', 400, /__proto__/],
    ['constructor', '{"token": "x", "constructor": {}}', 400, /constructor/],
    ['a duplicate name', '{"token": "a", "token": "b"}', 400, /token: the name occurs twice/],
    ['U+0000', '{"token": "a\\u0000b"}', 400, /token: holds U\+0000/],
    ['half a surrogate pair', '{"token": "\\ud800"}', 400, /token: holds/],
    ['a number beyond a double', '{"token": 1e999}', 400, /token: expected a number/],
    ['a list instead of an object', '[]', 422, /body/],
    ['a number instead of text', '{"token": 7}', 422, /^token: .*expected string/],
    ['nothing', '{}', 422, /^token: .*expected string/],
    ['too long', `{"token": "${'x'.repeat(201)}"}`, 422, /^token: .*200/],
    ['an unknown field', '{"token": "x", "colour": "red"}', 422, /^colour: there is no field/],
  ]
  it.each(cases)('H7 %s', async (_, body, status, detail) => {
    const answer = await click(body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const json = answer.json as { detail: string; remedy: string; field: string; requestId: string }
    expect(json.detail).toMatch(detail)
    expect(json.remedy).not.toBe('')
    expect(json.field).not.toBe('')
    expect(json.requestId).toBe(answer.headers.get('x-request-id'))
  })

  it('H7 a body beyond the limit is 413 and names the limit, whether or not its length was told', async () => {
    const answer = await click(`{"token": "${'x'.repeat(300_000)}"}`)
    expect(answer.status).toBe(413)
    expect(answer.json).toMatchObject({ field: 'body', detail: expect.stringContaining('262144') as string })
  })

  it('H7 anything but JSON is 415: a form of a foreign page cannot write', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1',
      '',
    ])
      expect((await click('{"token":"x"}', { 'content-type': type })).status, type).toBe(415)
    expect((await click('{"token":"x"}', { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(
      200,
    )
  })

  it('H7 bytes that are no UTF-8 are told as such', async () => {
    const answer = await click(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))
    expect(answer.json).toMatchObject({ status: 400, facts: { reason: 'invalid_utf8' } })
  })
})

describe('an address that is wrong', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['stauts=open', 'stauts'],
    ['status=ajar', 'status'],
    ['status=open&status=open', 'status'],
    ['after=garbage', 'after'],
    ['after=WyJ4Il0', 'after'],
    ['service=%00', 'service'],
    [`service=${'x'.repeat(201)}`, 'service'],
  ])('H7 the query %s is 422 and names %s', async (query, field) => {
    const answer = await t.ask('GET', `/v1/incidents?${query}`, { as: ada })
    expect([answer.status, (answer.json as { field: string }).field]).toEqual([422, field])
  })

  it('H7 an id that cannot be one is 404 and never reaches the database', async () => {
    for (const id of ['%00', 'a%20b', '%F0%9F%92%A9', 'x'.repeat(201), '..%2f..%2fetc'])
      expect((await t.ask('GET', `/v1/incidents/${id}`, { as: ada })).status, id).toBe(404)
    expect(t.logged.filter((line) => line.includes('fault'))).toEqual([])
  })
})

describe('over a real socket', () => {
  const memory = () => {
    globalThis.gc?.()
    return process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  }

  const post = (
    path: string,
    headers: Record<string, string>,
    send: (write: (chunk: string) => boolean, end: () => void) => void,
  ) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
        },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (chunk: string) => (text += chunk))
          answer.on('end', () => {
            resolve({ status: answer.statusCode ?? 0, text })
            sent.destroy()
          })
        },
      )
      sent.on('error', reject)
      send(
        (chunk) => sent.write(chunk),
        () => sent.end(),
      )
    })

  it('I5 10 MB are refused by their length before a byte of them is read', async () => {
    const answer = await post(
      '/v1/alerts/alertmanager',
      { authorization: `Bearer ${alertSecret}`, 'content-length': String(10 * 1024 * 1024) },
      (write) => write('{'),
    )
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'too_large',
      detail: expect.stringContaining('2097152') as string,
    })
  })

  it('I5 10 MB without a length are refused once they exceed the limit, and memory stays', async () => {
    const before = memory()
    const chunk = 'x'.repeat(64 * 1024)
    for (let round = 0; round < 5; round += 1) {
      const answer = await post(
        '/v1/alerts/alertmanager',
        { authorization: `Bearer ${alertSecret}`, 'transfer-encoding': 'chunked' },
        (write, end) => {
          for (let at = 0; at < 160; at += 1) write(chunk)
          end()
        },
      )
      expect(answer.status).toBe(413)
    }
    expect(memory() - before).toBeLessThan(60 * 1024 * 1024)
  })

  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        answer += chunk
        if (/\r\n\r\n./.test(answer)) socket.destroy()
      })
      socket.on('close', () => resolve(answer))
      socket.on('error', reject)
    })

  it('H1 bytes that are no HTTP, and hosts that are none, get a problem with X-API-Version', async () => {
    for (const text of [
      'NONSENSE\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: a b\r\n\r\n`,
      `GET /\\ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    ]) {
      const answer = await raw(text)
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(answer.toLowerCase()).toContain('x-api-version: 1')
      expect(answer).toContain('"remedy"')
    }
  })

  it('H7 nothing leaves the console folder, however the path is written', async () => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '/.env',
      '/assets/../../package.json',
      '//etc/passwd',
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
      expect(answer).not.toContain('dependencies')
      expect(answer).not.toContain('root:')
    }
  })
})
