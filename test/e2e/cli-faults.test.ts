import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { aHome, closedServer, problem, sendJson, stubServer, suture } from './cli-support.ts'

/** `suture` against a stub that answers as a healthy server never would, or only seldom. */

// Every command is a process of its own: on a busy machine a dozen of them take their time.
vi.setConfig({ testTimeout: 90_000 })

const said = (text: string): unknown => expect.stringContaining(text)
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern)
const key = 'sut_lab_0123456789ab_secret'
const emptyPage = sendJson(200, { items: [], next: null })
const run = (url: string, ...args: string[]) =>
  suture(args, { env: { SUTURE_URL: url, SUTURE_API_KEY: key } })

const anIncident = (over: object = {}) => ({
  id: 'inc-1',
  service: 'checkout',
  severity: 'critical',
  status: 'open',
  title: 'CheckoutDown',
  summary: '',
  channel: 'incidents',
  firing: 1,
  flaps: 0,
  openedAt: '2026-11-22T14:03:00.000Z',
  resolvedAt: null,
  now: 'Gathering evidence',
  ...over,
})

describe('H8 exit codes', () => {
  it('H8 3 when nothing listens, when the server hangs, and doctor agrees', async () => {
    const nobody = await closedServer()
    expect(await run(nobody, 'incidents')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: said('nothing listens there'),
    })
    expect(await run(nobody, 'doctor')).toMatchObject({
      code: 3,
      stdout: said('do: Start it'),
    })
    const { url } = await stubServer({ '/v1/incidents': () => undefined })
    expect(await run(url, 'incidents', '--timeout', '0.3')).toMatchObject({
      code: 3,
      stderr: said('did not answer within 0.3 s'),
    })
  })

  it.each([
    ['no such command', ['frobnicate']],
    ['no such option', ['incidents', '--frobnicate']],
    ['an id that is none', ['runs', 'show', '../../v1/keys']],
    ['a status that is none', ['runs', '--status', 'happy']],
    ['no argument', ['approve']],
    ['an address that is none', ['incidents', '--url', 'ftp://127.0.0.1']],
    ['an address with a password in it', ['incidents', '--url', 'http://me:pw@127.0.0.1']],
    ['an empty question', ['incidents', 'ask', 'inc-1', '  ']],
    ['scopes that are none', ['key', 'create', 'x', '--scopes', 'read,fly']],
    ['a timeout that is none', ['incidents', '--timeout', 'long']],
  ])('H8 2 for %s, before anything is sent', async (_, args) => {
    const { url, seen } = await stubServer({})
    const ran = await suture(args, { env: { SUTURE_URL: url, SUTURE_API_KEY: key } })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).not.toBe('')
    expect(seen).toEqual([])
  })

  it('H8 1 for a refusal, shown as title, detail and remedy; as JSON with --json', async () => {
    const { url } = await stubServer({
      '/v1/approvals/req-5/decisions': sendJson(403, problem({ earliest: '2026-11-22T15:00:00Z' })),
    })
    const text = await run(url, 'approve', 'req-5')
    expect(text).toMatchObject({ code: 1, stdout: '' })
    expect(text.stderr.split('\n')).toEqual([
      'Somebody else must approve: Ada requested this and so cannot approve it.',
      '  do: Ask another person with the role approver.',
      '  earliest: 2026-11-22T15:00:00Z',
      '  (separation_of_duties, request req-id-1)',
      '',
    ])
    const json = await run(url, 'approve', 'req-5', '--json')
    expect(json).toMatchObject({ code: 1, stdout: '' })
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { code: 'separation_of_duties', status: 403 },
      exitCode: 1,
    })
  })

  it('H8 0 for help and version', async () => {
    expect(await suture(['--help'])).toMatchObject({ code: 0, stderr: '' })
    expect(await suture(['--version'])).toMatchObject({
      code: 0,
      stdout: matching(/^\d+\.\d+\.\d+\n$/),
    })
  })
})

describe('H8 answers that are no answers', () => {
  it.each([
    [
      'a page of somebody else',
      (_: unknown, response: { end: (text: string) => void }) => response.end('<html>hello</html>'),
      'not JSON',
    ],
    ['another shape', sendJson(200, { items: [{ id: 7 }], next: null }), 'not as /v1 has it'],
    ['an error without a problem', sendJson(502, { oops: true }), 'answered 502'],
    ['a redirect', sendJson(302, {}, { location: 'http://127.0.0.1:9/elsewhere' }), 'answered 302'],
  ])('H8 %s is said to be no answer of Suture', async (_, answer, words) => {
    const { url, seen } = await stubServer({ '/v1/incidents': answer })
    expect(await run(url, 'incidents')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: said(words),
    })
    expect(seen).toHaveLength(1)
  })

  it('H8 a server that is still starting is told as it says', async () => {
    const { requestId: _, ...starting } = problem({
      status: 503,
      title: 'Starting',
      detail: 'Suture is starting.',
      code: 'unavailable',
      remedy: 'Try again in a moment.',
    })
    const { url } = await stubServer({ '/v1/incidents': sendJson(503, starting) })
    expect((await run(url, 'incidents')).stderr).toBe(
      'Starting: Suture is starting.\n  do: Try again in a moment.\n  (unavailable)\n',
    )
  })
})

describe('H7 H8 writes', () => {
  it('H7 a write whose answer was cut off is sent once more under the same key', async () => {
    let cuts = 0
    const { url, seen } = await stubServer({
      '/v1/proposals/prop-3/requests': (request, response) => {
        cuts += 1
        if (cuts === 1) response.destroy()
        else sendJson(201, { runId: 'run-1', requestId: 'req-1' })(request, response)
      },
    })
    expect(await run(url, 'request', 'prop-3')).toMatchObject({
      code: 0,
      stdout: 'run-1 waits for approval as req-1.\n',
    })
    const keys = seen.map((request) => request.headers['idempotency-key'])
    expect(keys).toHaveLength(2)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).toBe(keys[0])
  })

  it('H7 two commands never share a key', async () => {
    const { url, seen } = await stubServer({
      '/v1/proposals/prop-3/requests': sendJson(201, { runId: 'run-1', requestId: null }),
    })
    await Promise.all([run(url, 'request', 'prop-3'), run(url, 'request', 'prop-3')])
    expect(new Set(seen.map((request) => request.headers['idempotency-key'])).size).toBe(2)
  })

  it('H8 an answer that does not come is said to be missing, not made up', async () => {
    const message = {
      kind: 'message',
      id: 'm-1',
      author: { id: 'p', name: 'P' },
      body: 'why?',
      createdAt: '2026-11-22T14:03:00.000Z',
    }
    const { url } = await stubServer({
      '/v1/incidents/inc-1/messages': sendJson(201, message),
      '/v1/incidents/inc-1/thread': sendJson(200, { items: [message] }),
    })
    expect(await run(url, 'incidents', 'ask', 'inc-1', 'why?', '--wait', '1')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: said('no answer came within 1 s'),
    })
  })
})

describe('H8 the terminal', () => {
  it('H8 text of others cannot drive it, as table and as JSON', async () => {
    const title = '\u001b[2J\u001b]0;owned\u0007 evil \u202e txt\r\nFAKE'
    const { url } = await stubServer({
      '/v1/incidents': sendJson(200, { items: [anIncident({ title })], next: null }),
    })
    const table = (await run(url, 'incidents')).stdout
    expect(table).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
    expect(table.trimEnd().split('\n')).toHaveLength(2)
    const json = (await run(url, 'incidents', '--json')).stdout
    expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
    expect(JSON.parse(json)).toMatchObject({ items: [{ title }] })
  })

  it('H8 columns stand under their heads, with wide characters too', async () => {
    const items = [
      anIncident(),
      anIncident({ id: 'inc-22', title: '決済 down' }),
      anIncident({ id: 'inc-333', service: null }),
    ]
    const { url } = await stubServer({ '/v1/incidents': sendJson(200, { items, next: 'key-2' }) })
    const { stdout } = await run(url, 'incidents')
    const [head = '', ...rows] = stdout.split('\n')
    expect(rows.slice(0, 3).map((row) => row.indexOf('critical'))).toEqual(
      Array(3).fill(head.indexOf('SEVERITY')),
    )
    expect(
      rows
        .slice(0, 3)
        .map((row) => row.indexOf('CheckoutDown'))
        .filter((at) => at !== -1),
    ).toEqual(Array(2).fill(head.indexOf('TITLE')))
    expect(stdout).toContain('add --after key-2')
    expect(stdout).not.toContain('\u001b')
  })

  it('H8 times are relative for people and absolute for scripts', async () => {
    const openedAt = Temporal.Now.instant().subtract({ minutes: 3, seconds: 5 }).toString()
    const { url } = await stubServer({
      '/v1/incidents': sendJson(200, { items: [anIncident({ openedAt })], next: null }),
    })
    expect((await run(url, 'incidents')).stdout).toContain('3 min ago')
    expect((await run(url, 'incidents', '--json')).stdout).toContain(openedAt)
  })
})

describe('H8 the key', () => {
  const settings = (home: string, value: unknown, mode = 0o600): string => {
    const path = join(home, '.config/suture/config.json')
    mkdirSync(join(home, '.config/suture'), { recursive: true })
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    chmodSync(path, mode)
    return path
  }

  it('H8 is never printed, whatever the server answers', async () => {
    for (const answer of [emptyPage, sendJson(401, problem({ status: 401 })), sendJson(200, 'nonsense')]) {
      const { url, seen } = await stubServer({ '/v1/incidents': answer })
      const { stdout, stderr } = await run(url, 'incidents')
      expect(seen[0]?.headers.authorization).toBe(`Bearer ${key}`)
      expect(stdout + stderr).not.toContain('secret')
    }
  })

  it('H8 a saved key goes to the server it was saved for and to no other', async () => {
    const home = aHome()
    const mine = await stubServer({ '/v1/incidents': emptyPage })
    const other = await stubServer({ '/v1/incidents': emptyPage })
    settings(home, { url: mine.url, key })
    await suture(['incidents'], { env: { HOME: home } })
    await suture(['incidents', '--url', other.url], { env: { HOME: home } })
    expect(mine.seen.map((request) => request.headers.authorization)).toEqual([`Bearer ${key}`])
    expect(other.seen.map((request) => request.headers.authorization)).toEqual([undefined])
  })

  it('H8 --key wins over the environment, and the environment over the saved one', async () => {
    const home = aHome()
    const { url, seen } = await stubServer({ '/v1/incidents': emptyPage })
    settings(home, { url, key: 'saved' })
    const env = { HOME: home, SUTURE_API_KEY: 'environment' }
    await suture(['incidents', '--key', 'option'], { env })
    await suture(['incidents'], { env })
    await suture(['incidents'], { env: { HOME: home } })
    expect(seen.map((request) => request.headers.authorization)).toEqual([
      'Bearer option',
      'Bearer environment',
      'Bearer saved',
    ])
  })

  it('H8 settings that others can read are warned of, damaged ones are named', async () => {
    const home = aHome()
    const { url } = await stubServer({ '/v1/incidents': emptyPage })
    const path = settings(home, { url, key }, 0o644)
    expect(await suture(['incidents'], { env: { HOME: home } })).toMatchObject({
      code: 0,
      stderr: said(`chmod 600 ${path}`),
    })
    settings(home, '{"url": ')
    expect(await suture(['incidents'], { env: { HOME: home } })).toMatchObject({
      code: 2,
      stderr: said(path),
    })
  })
})

describe('H8 doctor on an ailing server', () => {
  const me = {
    signedIn: true,
    tenant: 't',
    person: { id: 'p', name: 'P', roles: ['viewer'] },
    scopes: ['read'],
    accounts: [],
    standsInFor: [],
    csrfToken: null,
    lab: null,
    version: '0.1.0',
  }

  it('H8 names another API version, a wrong clock and a failing check, each with a remedy', async () => {
    const late = new Date(Date.now() - 3_600_000).toUTCString()
    const health = {
      status: 'fail',
      version: '0.1.0',
      checks: {
        database: { status: 'fail', detail: 'the disk is full' },
        queue: { status: 'pass', detail: 'fine' },
      },
    }
    const { url } = await stubServer({
      '/health': sendJson(503, { status: 'fail', version: '0.1.0' }, { 'x-api-version': '2', date: late }),
      '/v1/me': sendJson(200, me),
      '/v1/health': sendJson(200, health),
    })
    const { code, stdout } = await run(url, 'doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}version: the server speaks API version 2.*\n {6}do: /m)
    expect(stdout).toMatch(
      /^warn {2}clock: this machine is 3\d{3} s ahead of the server\n {6}do: Set both clocks by NTP/m,
    )
    expect(stdout).toMatch(/^FAIL {2}server database: the disk is full\n {6}do: See that PostgreSQL runs/m)
    expect(stdout).toMatch(/^ok {4}server queue: fine$/m)
  })

  it('H8 tells what fails while no key can be looked up, from what needs none', async () => {
    const detail = 'not reachable since 12:03:10 UTC; alerts are answered with 503 until it is back'
    const open = {
      status: 'fail',
      version: '0.1.0',
      failing: [{ name: 'database', status: 'fail', detail, since: '2026-11-22T12:03:10Z' }],
    }
    const { url } = await stubServer({
      '/health': sendJson(503, open, { 'x-api-version': '1' }),
      '/v1/me': sendJson(503, { title: 'Not available right now', status: 503, code: 'unavailable' }),
    })
    const { code, stdout } = await run(url, 'doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^FAIL {2}server database: not reachable since 12:03:10 UTC; .*\n {6}do: See that PostgreSQL runs/m,
    )
  })

  it('H8 says when something else answers there', async () => {
    const { url } = await stubServer({ '/health': sendJson(200, { hello: 'world' }) })
    expect(await run(url, 'doctor')).toMatchObject({
      code: 1,
      stdout: said('what answers there is not Suture'),
    })
  })
})
