import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let ada: SignedIn
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
})
afterAll(() => t.close())

const problem = (json: unknown) => json as Record<string, unknown>

describe('who is let in', () => {
  it('H9 everything under /v1 but me and signing in needs a key or a session, and says how', async () => {
    const open = new Set(['getOpenHealth', 'getMe', 'signIn', 'bePersona'])
    const guarded = t.http.operations.filter((operation) => !open.has(operation.id))
    expect(guarded.length).toBeGreaterThan(25)
    for (const { method, path, id } of guarded) {
      const answer = await t.ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x-1'), {
        body: method === 'get' ? undefined : {},
      })
      expect(answer.status, id).toBe(401)
      expect(answer.headers.get('www-authenticate'), id).toContain('Bearer')
      expect(problem(answer.json), id).toMatchObject({
        code: 'unauthenticated',
        remedy: expect.stringContaining('Bearer') as string,
      })
    }
  })

  it('H9 the shapes of the API are told only to whom they may be: no key, no document, not even that it is unchanged', async () => {
    const { key } = (await t.ask('POST', '/v1/keys', { as: ada, body: { name: 'reader', scopes: ['read'] } }))
      .json as { key: string }
    const { key: blind } = (
      await t.ask('POST', '/v1/keys', { as: ada, body: { name: 'blind', scopes: ['respond'] } })
    ).json as { key: string }
    const unknown = `sut_lab_000000000000_${'a'.repeat(43)}`
    for (const path of ['/openapi.json', '/v1/openapi.json']) {
      const read = await t.ask('GET', path, { as: key })
      expect([read.status, read.headers.get('cache-control')], path).toEqual([200, 'private, no-cache'])
      expect((await t.ask('GET', path, { as: ada })).text, path).toBe(read.text)
      const etag = { 'if-none-match': read.headers.get('etag') ?? '' }
      expect((await t.ask('GET', path, { as: key, headers: etag })).status, path).toBe(304)

      for (const options of [{}, { headers: etag }, { as: unknown, headers: etag }]) {
        const refused = await t.ask('GET', path, options)
        expect([refused.status, refused.headers.get('x-api-version')], path).toEqual([401, '1'])
        expect(refused.headers.get('content-type'), path).toBe('application/problem+json')
        expect(refused.headers.get('etag'), path).toBeNull()
        expect(refused.text, path).not.toContain('paths')
      }
      expect((await t.ask('HEAD', path)).status, path).toBe(401)
      expect((await t.ask('GET', path, { as: blind, headers: etag })).status, path).toBe(403)
    }
  })

  it('H9 a key or session that opens nothing is refused, however it is malformed', async () => {
    const wrong = [
      '',
      'x',
      'sut_',
      'sut_lab_000000000000_',
      `sut_lab_000000000000_${'a'.repeat(43)}`,
      `sut_no-such-tenant_000000000000_${'a'.repeat(43)}`,
      "sut_lab'--_x_y",
      'é',
    ]
    for (const key of wrong) {
      const answer = await t.ask('GET', '/v1/incidents', {
        headers: { authorization: `Bearer ${encodeURI(key)}` },
      })
      expect(answer.status, key).toBe(401)
    }
    const basic = await t.ask('GET', '/v1/incidents', {
      headers: { authorization: 'Basic YTpi', cookie: ada.cookie },
    })
    expect(basic.status).toBe(401)
    const stranger = await t.ask('GET', '/v1/incidents', {
      headers: { cookie: `suture_session=lab.lab.${'a'.repeat(43)}` },
    })
    expect(stranger.status).toBe(401)
  })

  it('H9 a page of another name that resolves to this machine is refused, on loopback too', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4800',
      '127.0.0.1.evil.example',
      'localhost.evil.example:4800',
      '[::2]:4800',
    ]) {
      const answer = await t.ask('GET', '/v1/incidents', { as: ada, headers: { host } })
      expect(answer.status, host).toBe(421)
      expect(problem(answer.json), host).toMatchObject({
        field: 'Host',
        detail: expect.stringContaining(host) as string,
      })
    }
    for (const host of ['localhost:4800', '127.0.0.1', '[::1]:4800', 'LOCALHOST:4800'])
      expect((await t.ask('GET', '/v1/incidents', { as: ada, headers: { host } })).status, host).toBe(200)
  })

  it('H9 a probe by address may ask for health, and learns nothing else', async () => {
    const answer = await t.ask('GET', '/health', { headers: { host: '10.1.2.3:4800' } })
    expect(answer.json).toEqual({ status: 'pass', version: '0.0.0-test', failing: [] })
  })

  it('H9 a foreign Origin is refused on every write and on live events', async () => {
    for (const foreign of [
      'http://evil.example',
      'http://127.0.0.1:9999',
      'null',
      'http://127.0.0.1:4800.evil.example',
      'file://',
    ]) {
      for (const [method, path] of [
        ['POST', '/v1/clicks'],
        ['PATCH', '/v1/governance'],
        ['DELETE', '/v1/session'],
        ['POST', '/v1/lab/persona'],
        ['GET', '/v1/events'],
      ] as const) {
        const answer = await t.ask(method, path, {
          as: ada,
          headers: { origin: foreign },
          body: method === 'GET' ? undefined : {},
        })
        expect(answer.status, `${method} ${path} from ${foreign}`).toBe(403)
        expect(problem(answer.json)).toMatchObject({ field: 'Origin' })
      }
    }
    const crossSite = await t.ask('POST', '/v1/lab/persona', {
      body: { personId: 'person_ada' },
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(crossSite.status).toBe(403)
    const own = await t.ask('POST', '/v1/clicks', {
      as: ada,
      body: { token: 'none' },
      headers: { origin: 'http://127.0.0.1:4800' },
    })
    expect(own.json).toMatchObject({ done: false, code: 'not_found' })
  })

  it('H9 a session that writes must repeat its CSRF token; a key need not', async () => {
    const write = (headers: Record<string, string>) =>
      t.ask('POST', '/v1/clicks', { body: { token: 'none' }, headers: { cookie: ada.cookie, ...headers } })
    const ben = await t.persona('person_ben')
    expect((await write({})).status).toBe(403)
    expect((await write({ 'x-csrf-token': '' })).status).toBe(403)
    const others = await write({ 'x-csrf-token': ben.csrf })
    expect(others.status).toBe(403)
    expect(problem(others.json)['detail']).toContain('X-CSRF-Token')
    expect((await write({ 'x-csrf-token': ada.csrf })).status).toBe(200)
    const made = await t.ask('POST', '/v1/keys', {
      as: ada,
      body: { name: 'mine', scopes: ['read', 'respond', 'approve'] },
    })
    const { key } = made.json as { key: string }
    expect((await t.ask('POST', '/v1/clicks', { as: key, body: { token: 'none' } })).status).toBe(200)
  })

  it('H9 the cookie is out of reach of scripts and of other sites', async () => {
    const answer = await t.ask('POST', '/v1/lab/persona', { body: { personId: 'person_ben' } })
    expect(answer.status).toBe(204)
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(
      /^suture_session=lab\.lab\.[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
  })

  it('H2 scopes hold: a session without the role cannot reach an admin route', async () => {
    const answer = await t.ask('PATCH', '/v1/governance', { as: ada, body: { emergencyStop: true } })
    expect(answer.status).toBe(403)
    expect(problem(answer.json)['detail']).toContain('needs the scope admin')
  })

  it('H9 only personas can be taken in the lab, and none outside it', async () => {
    for (const personId of ['person_suture', 'person_admin', 'nobody'])
      expect((await t.ask('POST', '/v1/lab/persona', { body: { personId } })).status).toBe(404)
    const outside = await testHttp({ lab: false })
    try {
      for (const [method, path] of [
        ['POST', '/v1/lab/persona'],
        ['GET', '/v1/lab'],
        ['POST', '/v1/lab/break'],
      ] as const)
        expect(
          (
            await outside.ask(method, path, {
              body: method === 'POST' ? { personId: 'person_ada' } : undefined,
            })
          ).status,
        ).toBe(404)
      expect((await outside.ask('GET', '/v1/me')).json).toMatchObject({ signedIn: false, lab: null })
    } finally {
      await outside.close()
    }
  })
})

describe('what every answer carries', () => {
  it('H1 X-API-Version, a request id and strict headers, on errors of every kind too', async () => {
    const asked: [string, string, Parameters<TestHttp['ask']>[2]?][] = [
      ['GET', '/health'],
      ['GET', '/v1/me'],
      ['GET', '/v1/incidents'],
      ['GET', '/v1/nothing-here'],
      ['GET', '/nothing.here'],
      ['PUT', '/v1/incidents'],
      ['DELETE', '/openapi.json'],
      ['GET', '/openapi.json'],
      ['GET', '/v1/incidents', { headers: { host: 'evil.example' } }],
      ['POST', '/v1/clicks', { as: ada, body: '{' }],
      ['POST', '/v1/alerts/alertmanager', { body: {} }],
      ['POST', '/v1/alerts/nobody', { body: {} }],
      ['GET', '/v1/alerts/alertmanager'],
      ['OPTIONS', '/v1/clicks'],
      ['HEAD', '/v1/incidents', { as: ada }],
    ]
    for (const [method, path, options] of asked) {
      const answer = await t.ask(method, path, options)
      expect(answer.headers.get('x-api-version'), `${method} ${path}`).toBe('1')
      expect(answer.headers.get('x-request-id'), `${method} ${path}`).toMatch(/^[0-9a-f-]{36}$/)
      if (answer.status >= 400)
        expect(answer.headers.get('content-type'), `${method} ${path}`).toBe('application/problem+json')
    }
    const page = await t.ask('GET', '/v1/me')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/)
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('H7 an unknown path is 404, a wrong method 405 with what is allowed', async () => {
    expect((await t.ask('GET', '/v1/nothing-here', { as: ada })).json).toMatchObject({
      status: 404,
      code: 'not_found',
      title: 'Not found',
    })
    const wrong = await t.ask('DELETE', '/v1/incidents/inc-1', { as: ada })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await t.ask('GET', '/v1/alerts/grafana')).headers.get('allow')).toBe('POST')
  })

  it('H5 every allow and deny is one line of gateway.audit, without anything secret', async () => {
    t.audited.length = 0
    const key = `sut_lab_000000000000_${'s'.repeat(43)}`
    await t.ask('GET', '/v1/incidents', { as: ada })
    await t.ask('GET', '/v1/incidents', { as: key })
    await t.ask('GET', `/v1/runs/${key}`, { as: ada })
    await t.ask('GET', `/v1/${key}?token=${key}`, {})
    await t.ask('GET', '/', { headers: { host: 'evil.example' } })
    await t.ask('POST', '/v1/alerts/grafana', { body: {}, headers: { authorization: `Bearer ${key}` } })
    await t.ask('PATCH', '/v1/governance', { as: ada, body: {} })
    await t.ask('GET', '/openapi.json', { as: ada })
    await t.ask('GET', '/openapi.json')
    await t.ask('GET', '/health')
    expect(
      t.audited.map((line) => [
        line['decision'],
        line['method'],
        line['route'],
        line['status'],
        line['person'],
        line['reason'],
      ]),
    ).toEqual([
      ['allow', 'GET', '/v1/incidents', 200, 'person_ada', null],
      ['deny', 'GET', '/v1/incidents', 401, null, 'unauthenticated'],
      ['allow', 'GET', '/v1/runs/{id}', 404, 'person_ada', 'not_found'],
      ['allow', 'GET', 'unknown', 404, null, 'not_found'],
      ['deny', 'GET', 'unknown', 421, null, 'forbidden'],
      ['deny', 'POST', '/v1/alerts/{source}', 401, 'source:grafana', 'unauthenticated'],
      ['deny', 'PATCH', '/v1/governance', 403, 'person_ada', 'forbidden'],
      ['allow', 'GET', '/openapi.json', 200, 'person_ada', null],
      ['deny', 'GET', '/openapi.json', 401, null, 'unauthenticated'],
    ])
    const text = JSON.stringify([t.audited, t.logged])
    for (const secret of [key, ada.csrf, ada.cookie.split('=')[1] ?? '', 'ssss'])
      expect(text).not.toContain(secret)
  })
})
