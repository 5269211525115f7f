import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SenderAuth, type SenderRequest, verifySender } from '../../src/http/sender-auth.ts'

const now = Temporal.Instant.from('2026-06-01T12:00:00Z')
const unix = now.epochMilliseconds / 1000
const body = new TextEncoder().encode('{"alerts":[]}')

const aRequest = (
  headers: Readonly<Record<string, string>> = {},
  over: Partial<SenderRequest> = {},
): SenderRequest => ({
  headers: new Headers(headers),
  rawBody: body,
  now,
  remoteAddress: '127.0.0.1',
  ...over,
})

const reasonOf = (config: SenderAuth, request: SenderRequest): string => {
  const verdict = verifySender(config, request)
  return verdict.ok ? 'ok' : verdict.reason
}

const hex = (secret: string, ...parts: (string | Uint8Array)[]): string =>
  parts.reduce((mac, part) => mac.update(part), createHmac('sha256', secret)).digest('hex')

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

describe('nothing configured', () => {
  const unset: readonly SenderAuth[] = [
    { kind: 'shared_secret', secret: null },
    { kind: 'shared_secret', secret: '' },
    { kind: 'hmac', secret: null },
    { kind: 'hmac', secret: '' },
    { kind: 'basic', username: 'prometheus', password: null },
    { kind: 'basic', username: '', password: 'x' },
    { kind: 'mtls_header', header: 'x-subject', subjects: [], trustedProxies: ['127.0.0.1'] },
    { kind: 'mtls_header', header: 'x-subject', subjects: [''], trustedProxies: ['127.0.0.1'] },
    { kind: 'mtls_header', header: 'x-subject', subjects: ['CN=am'], trustedProxies: [] },
  ]
  test.each(unset.map((config) => [JSON.stringify(config), config] as const))(
    'I5 %s refuses everybody, the empty secret too',
    (_, config) => {
      const headers = { 'x-suture-secret': '', 'x-suture-signature': hex('', body), 'x-subject': 'CN=am' }
      for (const authorization of ['Bearer null', 'Bearer ', basic(':'), basic('prometheus:'), basic(':x')]) {
        expect(verifySender(config, aRequest({ ...headers, authorization }))).toMatchObject({
          ok: false,
          reason: 'not_configured',
          problem: expect.stringMatching(/set it/) as unknown,
        })
      }
    },
  )
})

describe('a shared secret', () => {
  const config: SenderAuth = { kind: 'shared_secret', secret: 'correct-horse' }

  test('I5 is accepted as a bearer token and in its own header', () => {
    expect(reasonOf(config, aRequest({ authorization: 'Bearer correct-horse' }))).toBe('ok')
    expect(reasonOf(config, aRequest({ authorization: 'bearer  correct-horse ' }))).toBe('ok')
    expect(reasonOf(config, aRequest({ 'X-Suture-Secret': 'correct-horse' }))).toBe('ok')
  })

  test('I5 is refused when it is missing, wrong, longer, shorter or in another place', () => {
    expect(reasonOf(config, aRequest())).toBe('missing')
    expect(reasonOf(config, aRequest({ authorization: basic('x:correct-horse') }))).toBe('missing')
    for (const secret of ['correct-hors', 'correct-horsee', 'Correct-horse', 'x']) {
      expect(reasonOf(config, aRequest({ authorization: `Bearer ${secret}` }))).toBe('mismatch')
      expect(reasonOf(config, aRequest({ 'X-Suture-Secret': secret }))).toBe('mismatch')
    }
  })

  test('I5 is never told to who does not know it', () => {
    const verdict = verifySender(config, aRequest({ 'X-Suture-Secret': 'guess' }))
    expect(JSON.stringify(verdict)).not.toMatch(/correct-horse|guess/)
  })
})

describe('a signature', () => {
  const config: SenderAuth = { kind: 'hmac', secret: 'key' }
  const signed = (time: number, over: Partial<SenderRequest> = {}) =>
    aRequest({ 'X-Suture-Signature': `t=${time},v1=${hex('key', `${time}.`, body)}` }, over)

  test.each([
    [0, 'ok'],
    [-300, 'ok'],
    [300, 'ok'],
    [-301, 'stale'],
    [301, 'stale'],
  ])('I5 made %i s from now is %s', (seconds, reason) => {
    expect(reasonOf(config, signed(unix + seconds))).toBe(reason)
  })

  test('I5 has its window from the settings', () => {
    expect(reasonOf({ ...config, toleranceSeconds: 10 }, signed(unix - 11))).toBe('stale')
  })

  test('I5 without a time signs the body alone, unless a time is required', () => {
    for (const value of [hex('key', body), hex('key', body).toUpperCase(), `sha256=${hex('key', body)}`]) {
      const request = aRequest({ 'X-Suture-Signature': value })
      expect(reasonOf(config, request)).toBe('ok')
      expect(reasonOf({ ...config, requireTime: true }, request)).toBe('malformed')
    }
  })

  test('I5 may stand in a header of another name', () => {
    const request = aRequest({ 'X-Hub-Signature-256': `sha256=${hex('key', body)}` })
    expect(reasonOf({ ...config, header: 'X-Hub-Signature-256' }, request)).toBe('ok')
    expect(reasonOf(config, request)).toBe('missing')
  })

  describe('with its time in a header beside it, as Grafana sends it', () => {
    const grafana: SenderAuth = { ...config, header: 'X-Sig', timeHeader: 'X-Time', requireTime: true }
    const sent = (time: string, signed = `${time}:`) =>
      aRequest({ 'X-Sig': hex('key', signed, body), 'X-Time': time })

    test.each([
      [String(unix), 'ok'],
      [String(unix - 300), 'ok'],
      [String(unix - 301), 'stale'],
      [String(unix + 301), 'stale'],
      ['', 'malformed'],
      ['yesterday', 'malformed'],
      [`${unix}.5`, 'malformed'],
      ['9'.repeat(13), 'malformed'],
    ])('I5 the time %j is %s', (time, reason) => {
      expect(reasonOf(grafana, sent(time))).toBe(reason)
    })

    test('I5 the time cannot be changed, taken away or added', () => {
      expect(reasonOf(grafana, sent(String(unix), `${unix - 9_000}:`))).toBe('mismatch')
      expect(reasonOf({ ...grafana, requireTime: false }, sent('', `${unix}:`))).toBe('mismatch')
      expect(reasonOf(grafana, sent(String(unix), ''))).toBe('mismatch')
      expect(reasonOf(grafana, sent(String(unix), `${unix}.`))).toBe('mismatch')
    })

    test('I5 a time beside it counts only where it is looked for', () => {
      expect(reasonOf({ ...config, header: 'X-Sig' }, sent(String(unix)))).toBe('mismatch')
      expect(reasonOf({ ...config, header: 'X-Sig' }, sent(String(unix), ''))).toBe('ok')
    })
  })

  test('I5 does not fit another body, another key or another time', () => {
    expect(reasonOf(config, signed(unix, { rawBody: new TextEncoder().encode('{"alerts":[ ]}') }))).toBe(
      'mismatch',
    )
    expect(reasonOf({ ...config, secret: 'other' }, signed(unix))).toBe('mismatch')
    const moved = `t=${unix},v1=${hex('key', `${unix - 900}.`, body)}`
    expect(reasonOf(config, aRequest({ 'X-Suture-Signature': moved }))).toBe('mismatch')
    expect(reasonOf(config, aRequest({ 'X-Suture-Signature': `t=${unix},v1=${hex('key', body)}` }))).toBe(
      'mismatch',
    )
  })

  test.each([
    'x',
    't=1',
    't=,v1=',
    `v1=${'0'.repeat(64)}`,
    '0'.repeat(63),
    `t=1e3,v1=${'0'.repeat(64)}`,
    '0'.repeat(66),
  ])('I5 of the form %s is refused as malformed', (value) => {
    expect(reasonOf(config, aRequest({ 'X-Suture-Signature': value }))).toBe('malformed')
  })
})

describe('a user name and password', () => {
  const config: SenderAuth = { kind: 'basic', username: 'prometheus', password: 'a:b ü' }

  test('I5 are accepted, with colons and accents in the password', () => {
    expect(reasonOf(config, aRequest({ authorization: basic('prometheus:a:b ü') }))).toBe('ok')
  })

  test.each([
    [{}, 'missing'],
    [{ authorization: 'Bearer x' }, 'malformed'],
    [{ authorization: 'Basic !!!' }, 'malformed'],
    [{ authorization: basic('prometheus') }, 'malformed'],
    [{ authorization: basic('prometheus:') }, 'mismatch'],
    [{ authorization: basic('prometheus:x') }, 'mismatch'],
    [{ authorization: basic('other:a:b ü') }, 'mismatch'],
  ])('I5 sent as %j are refused: %s', (headers: Record<string, string>, reason) => {
    expect(reasonOf(config, aRequest(headers))).toBe(reason)
  })
})

describe('a client certificate told by a proxy', () => {
  const config: SenderAuth = {
    kind: 'mtls_header',
    header: 'X-Client-Subject',
    subjects: ['CN=alertmanager,O=Shop', 'CN=grafana'],
    trustedProxies: ['10.1.0.0/16', '::1', '192.168.1.9', 'nonsense', '10.9.0.0/99', '10.8.0.0/'],
  }
  const headers = { 'x-client-subject': 'CN=alertmanager,O=Shop' }

  test.each([
    ['10.1.2.3', 'ok'],
    ['::ffff:10.1.2.3', 'ok'],
    ['::1', 'ok'],
    ['192.168.1.9', 'ok'],
    ['192.168.1.8', 'untrusted_proxy'],
    ['10.2.0.1', 'untrusted_proxy'],
    ['10.8.0.1', 'untrusted_proxy'],
    ['10.9.0.1', 'untrusted_proxy'],
    ['nonsense', 'untrusted_proxy'],
    [null, 'untrusted_proxy'],
  ])('I5 is believed only from a trusted address: %s gives %s', (remoteAddress, reason) => {
    expect(reasonOf(config, aRequest(headers, { remoteAddress }))).toBe(reason)
  })

  test('I5 must be one of the subjects, exactly', () => {
    const from = { remoteAddress: '10.1.2.3' }
    expect(reasonOf(config, aRequest({ 'x-client-subject': 'CN=grafana' }, from))).toBe('ok')
    expect(reasonOf(config, aRequest({}, from))).toBe('missing')
    for (const subject of ['CN=alertmanager', 'CN=alertmanager,O=Shop, CN=grafana', 'cn=grafana']) {
      expect(reasonOf(config, aRequest({ 'x-client-subject': subject }, from))).toBe('mismatch')
    }
  })
})

test('I5 any header text is refused, and never crashes', () => {
  const configs: readonly SenderAuth[] = [
    { kind: 'shared_secret', secret: 'a secret nobody guesses' },
    { kind: 'hmac', secret: 'a secret nobody guesses' },
    { kind: 'basic', username: 'u', password: 'a secret nobody guesses' },
    {
      kind: 'mtls_header',
      header: 'x',
      subjects: ['a secret nobody guesses'],
      trustedProxies: ['127.0.0.1'],
    },
  ]
  fc.assert(
    fc.property(fc.constantFrom(...configs), fc.string({ unit: 'binary' }), (config, text) => {
      const headers = { get: () => text }
      expect(verifySender(config, aRequest({}, { headers })).ok).toBe(false)
    }),
  )
})
