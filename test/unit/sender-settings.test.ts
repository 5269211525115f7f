import { describe, expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { sendersOf } from '../../src/start/senders.ts'

type Env = Readonly<Record<string, string>>

const problemsOf = (env: Env): string[] => {
  const read = readSettings(env)
  return read.ok ? [] : read.problems.map(({ name, problem, remedy }) => `${name}: ${problem}. ${remedy}`)
}

const sendersFrom = (env: Env, labSecret: string | null = null) => {
  const read = readSettings(env)
  if (!read.ok) throw new Error(read.problems.map(({ problem }) => problem).join())
  return sendersOf(read.settings, labSecret)
}

const certificates = {
  SUTURE_GENERIC_AUTH: 'mtls',
  SUTURE_GENERIC_MTLS_SUBJECTS: 'CN=alerts,O=Example; CN=two\\;halves',
  SUTURE_TRUSTED_PROXIES: '10.0.0.7, 10.1.0.0/16,fd00::/8',
}

describe('how a sender proves who it is, by settings', () => {
  const wrong: [string, Env, RegExp[]][] = [
    [
      'no such way',
      { SUTURE_GRAFANA_AUTH: 'digest' },
      [/^SUTURE_GRAFANA_AUTH: expected one of bearer, hmac, basic, mtls, found "digest"/],
    ],
    [
      'a pair without a colon',
      { SUTURE_ALERTMANAGER_AUTH: 'basic', SUTURE_ALERTMANAGER_SECRET: 'hunter2' },
      [/^SUTURE_ALERTMANAGER_SECRET: .*basic.*a colon.* Set it to user:password/],
    ],
    [
      'a pair without a user',
      { SUTURE_ALERTMANAGER_AUTH: 'basic', SUTURE_ALERTMANAGER_SECRET: ':hunter2' },
      [/^SUTURE_ALERTMANAGER_SECRET: /],
    ],
    [
      'a pair without a password',
      { SUTURE_ALERTMANAGER_AUTH: 'basic', SUTURE_ALERTMANAGER_SECRET: 'hunter2:' },
      [/^SUTURE_ALERTMANAGER_SECRET: /],
    ],
    [
      'no pair',
      { SUTURE_GENERIC_AUTH: 'basic' },
      [/^SUTURE_GENERIC_SECRET: is not set, and SUTURE_GENERIC_AUTH is basic\. Set it to user:password/],
    ],
    [
      'no key',
      { SUTURE_GRAFANA_AUTH: 'hmac' },
      [/^SUTURE_GRAFANA_SECRET: is not set, and SUTURE_GRAFANA_AUTH is hmac\. Set it to the key/],
    ],
    [
      'no subject and no proxy',
      { SUTURE_GENERIC_AUTH: 'mtls' },
      [
        /^SUTURE_GENERIC_MTLS_SUBJECTS: is not set/,
        /^SUTURE_TRUSTED_PROXIES: is not set.*SUTURE_GENERIC_AUTH is mtls.*10\.0\.0\.7/,
      ],
    ],
    [
      'a subject beside a token',
      { SUTURE_GRAFANA_SECRET: 'hunter2', SUTURE_GRAFANA_MTLS_SUBJECTS: 'CN=a' },
      [
        /^SUTURE_GRAFANA_MTLS_SUBJECTS: is set, and SUTURE_GRAFANA_AUTH is bearer.* Set SUTURE_GRAFANA_AUTH to mtls, or leave/,
      ],
    ],
    [
      'a token beside a subject',
      { ...certificates, SUTURE_GENERIC_SECRET: 'hunter2' },
      [/^SUTURE_GENERIC_SECRET: is set, and SUTURE_GENERIC_AUTH is mtls/],
    ],
    [
      'a header for signatures that are not looked for',
      { SUTURE_GENERIC_HMAC_HEADER: 'X-Sig' },
      [/^SUTURE_GENERIC_HMAC_HEADER: is set, and SUTURE_GENERIC_AUTH is bearer/],
    ],
    [
      'a header that is none',
      { SUTURE_MTLS_HEADER: 'my header' },
      [/^SUTURE_MTLS_HEADER: expected the name of a header/],
    ],
  ]
  test.each(wrong)('I5 %s is refused by name, with a remedy and without the secret', (_, env, expected) => {
    const problems = problemsOf(env)
    expect(problems).toHaveLength(expected.length)
    for (const [at, pattern] of expected.entries()) expect(problems[at]).toMatch(pattern)
    expect(problems.join()).not.toContain('hunter2')
  })

  test.each([
    'proxy.example.com',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
  ])('I5 the proxy %s is refused: it names nobody, or everybody', (proxy) => {
    expect(problemsOf({ ...certificates, SUTURE_TRUSTED_PROXIES: proxy })).toEqual([
      expect.stringMatching(/^SUTURE_TRUSTED_PROXIES: expected addresses, or networks/),
    ])
  })

  test('I5 each source has its own way', () => {
    const senders = sendersFrom({
      ...certificates,
      SUTURE_ALERTMANAGER_AUTH: 'basic',
      SUTURE_ALERTMANAGER_SECRET: 'prometheus:with:colons',
      SUTURE_GRAFANA_AUTH: 'hmac',
      SUTURE_GRAFANA_SECRET: 'key',
    })
    expect(senders).toEqual({
      alertmanager: { kind: 'basic', username: 'prometheus', password: 'with:colons' },
      grafana: {
        kind: 'hmac',
        secret: 'key',
        header: 'X-Grafana-Alerting-Signature',
        timeHeader: 'X-Grafana-Alerting-Timestamp',
        requireTime: true,
      },
      generic: {
        kind: 'mtls_header',
        header: 'ssl-client-subject-dn',
        subjects: ['CN=alerts,O=Example', 'CN=two\\;halves'],
        trustedProxies: ['10.0.0.7', '10.1.0.0/16', 'fd00::/8'],
      },
    })
  })

  test('I5 a signature needs its time, unless its header is the sender’s own', () => {
    const signed = { SUTURE_GENERIC_AUTH: 'hmac', SUTURE_GENERIC_SECRET: 'key' }
    expect(sendersFrom(signed).generic).toEqual({ kind: 'hmac', secret: 'key', requireTime: true })
    expect(sendersFrom({ ...signed, SUTURE_GENERIC_HMAC_HEADER: 'X-Hub-Signature-256' }).generic).toEqual({
      kind: 'hmac',
      secret: 'key',
      header: 'X-Hub-Signature-256',
      requireTime: false,
    })
  })

  test('I5 what is not set refuses everybody; in the lab its secret stands in, never beside another way', () => {
    const unset = { kind: 'shared_secret', secret: null }
    expect(sendersFrom({})).toEqual({ alertmanager: unset, grafana: unset, generic: unset })
    const env = { ...certificates, SUTURE_GRAFANA_SECRET: 'own', SUTURE_ALERTMANAGER_SECRET: 'not the lab’s' }
    const inLab = sendersFrom(env, 'of the lab')
    expect(inLab.alertmanager).toEqual({ kind: 'shared_secret', secret: 'of the lab' })
    expect(inLab.grafana).toEqual({ kind: 'shared_secret', secret: 'own' })
    expect(inLab.generic.kind).toBe('mtls_header')
    expect(sendersFrom({}, 'of the lab').generic).toEqual({ kind: 'shared_secret', secret: 'of the lab' })
  })
})
