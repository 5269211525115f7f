import { describe, expect, test } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { alertSources, type RejectedAlert } from '../../src/domain/alert.ts'
import { PayloadError } from '../../src/domain/alert-parser.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'

const receivedAt = Temporal.Instant.from('2026-06-01T12:00:00Z')
const labels = { alertname: 'A' }

/** The bad alert stands between two good ones, which must land. */
const rejectionOf = (bad: unknown): RejectedAlert | undefined => {
  const payload = anAlertmanagerPayload(anAlertmanagerAlert(), bad, anAlertmanagerAlert({ labels }))
  const { alerts, rejected } = alertParsers.alertmanager(payload, { receivedAt })
  expect(alerts.map((alert) => alert.title)).toEqual(['HighLatency', 'A'])
  expect(rejected).toHaveLength(1)
  return rejected[0]
}

const hundredAndOne = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`l${n}`, 'v']))
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

const corpus: readonly [what: string, bad: unknown, field: string, problem: RegExp][] = [
  ['null', null, 'alerts[1]', /expected an object, found null/],
  ['a text', 'x', 'alerts[1]', /expected an object, found text/],
  ['a list', [], 'alerts[1]', /expected an object, found a list/],
  ['no labels', {}, 'alerts[1].labels', /expected an object, found nothing/],
  ['labels that are a list', anAlertmanagerAlert({ labels: [] }), 'alerts[1].labels', /found a list/],
  ['empty labels', anAlertmanagerAlert({ labels: {} }), 'alerts[1].labels', /at least one label/],
  [
    'a severity only',
    anAlertmanagerAlert({ labels: { severity: 'page' } }),
    'alerts[1].labels',
    /identifies/,
  ],
  [
    'a label that is null',
    anAlertmanagerAlert({ labels: { ...labels, a: null } }),
    'alerts[1].labels.a',
    /null/,
  ],
  [
    'a label that is an object',
    anAlertmanagerAlert({ labels: { a: {} } }),
    'alerts[1].labels.a',
    /an object/,
  ],
  [
    '101 labels',
    anAlertmanagerAlert({ labels: hundredAndOne }),
    'alerts[1].labels',
    /at most 100 .*found 101; drop/,
  ],
  [
    'a long label value',
    anAlertmanagerAlert({ labels: { ...labels, a: 'x'.repeat(2001) } }),
    'alerts[1].labels.a',
    /at most 2000 .*found 2001; put/,
  ],
  [
    'a long label name',
    anAlertmanagerAlert({ labels: { ...labels, ['n'.repeat(201)]: 'x' } }),
    `alerts[1].labels["${'n'.repeat(63)}…"]`,
    /at most 200 .*found 201; shorten/,
  ],
  [
    'an unknown status',
    anAlertmanagerAlert({ status: 'paused' }),
    'alerts[1].status',
    /firing or resolved.*"paused"/,
  ],
  ['a status that is a number', anAlertmanagerAlert({ status: 1 }), 'alerts[1].status', /expected text/],
  [
    'a local time',
    anAlertmanagerAlert({ startsAt: '2026-01-01T00:00:00' }),
    'alerts[1].startsAt',
    /Z or an offset/,
  ],
  [
    'a day that is none',
    anAlertmanagerAlert({ startsAt: '2026-02-30T00:00:00Z' }),
    'alerts[1].startsAt',
    /2026-02-30/,
  ],
  ['a time that is a list', anAlertmanagerAlert({ startsAt: [] }), 'alerts[1].startsAt', /found a list/],
  [
    'an end that is no time',
    anAlertmanagerAlert({ status: 'resolved', endsAt: 'soon' }),
    'alerts[1].endsAt',
    /found "soon"/,
  ],
  [
    'U+0000 in a label',
    anAlertmanagerAlert({ labels: { ...labels, a: 'x\0y' } }),
    'alerts[1].labels.a',
    /U\+0000.*remove/,
  ],
  [
    'U+0000 in a label name',
    anAlertmanagerAlert({ labels: { ...labels, 'a\0': 'x' } }),
    'alerts[1].labels["a\\u0000"]',
    /the name holds .*U\+0000/,
  ],
  [
    'U+0000 in an annotation',
    anAlertmanagerAlert({ annotations: { summary: '\0' } }),
    'alerts[1].annotations.summary',
    /U\+0000/,
  ],
  ['U+0000 in an unknown field', anAlertmanagerAlert({ x: [{ y: '\0' }] }), 'alerts[1].x[0].y', /U\+0000/],
  [
    'half a surrogate pair',
    anAlertmanagerAlert({ labels: { ...labels, a: '\ud83d' } }),
    'alerts[1].labels.a',
    /surrogate/,
  ],
  [
    'a label named __proto__',
    JSON.parse('{"labels":{"__proto__":"x"}}'),
    'alerts[1].labels.__proto__',
    /rename/,
  ],
  ['a deep tree', anAlertmanagerAlert({ x: deep(100) }), `alerts[1].x${'[0]'.repeat(63)}`, /64 levels/],
]

describe('labels named like what every object has', () => {
  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    'I5 a label named %s is text like any other, and part of what the alert is',
    (name) => {
      const [plain, one, two] = [{}, { [name]: 'x' }, { [name]: 'y' }].map((more) => {
        const payload = anAlertmanagerPayload(anAlertmanagerAlert({ labels: { ...labels, ...more } }))
        return alertParsers.alertmanager(payload, { receivedAt }).alerts[0]
      })
      expect(one?.labels).toEqual({ ...labels, [name]: 'x' })
      expect(new Set([plain, one, two].map((alert) => alert?.fingerprint)).size).toBe(3)
    },
  )

  test.each(alertSources)('I5 in an envelope of %s they change no prototype', (source) => {
    const envelope = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'
    const text = `${envelope}"alerts":[{"status":"firing","title":"A","labels":{"alertname":"A"}}]}`
    expect(alertParsers[source](JSON.parse(text), { receivedAt }).alerts).toHaveLength(1)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('one bad alert in a batch', () => {
  test.each(corpus)('I5 with %s is kept aside and the others land', (_, bad, field, problem) => {
    expect(rejectionOf(bad)).toMatchObject({
      index: 1,
      field,
      problem: expect.stringMatching(problem) as unknown,
    })
  })

  test('I5 what is said about it can always be stored and is short', () => {
    for (const [, bad] of corpus) {
      const rejection = rejectionOf(bad)
      for (const text of [rejection?.field ?? '', rejection?.problem ?? '']) {
        expect(text).not.toMatch(/\0|\p{Cs}/u)
        expect(text.length).toBeLessThan(400)
      }
    }
  })
})

describe('at the limits', () => {
  const read = (over: Readonly<Record<string, unknown>>) =>
    alertParsers.alertmanager(anAlertmanagerPayload(anAlertmanagerAlert(over)), { receivedAt })

  test('I5 100 labels, a name of 200 and a value of 2,000 characters are accepted whole', () => {
    const { l0: _, l1: __, ...rest } = hundredAndOne
    const { alerts } = read({ labels: { ...rest, ['n'.repeat(200)]: 'x'.repeat(2000) } })
    expect(Object.keys(alerts[0]?.labels ?? {})).toHaveLength(100)
    expect(alerts[0]?.labels['n'.repeat(200)]).toHaveLength(2000)
  })

  test('I5 a long title and summary are cut, and never through a character', () => {
    const { alerts } = read({
      labels: { alertname: `x${'😀'.repeat(500)}` },
      annotations: { summary: '😀'.repeat(5000) },
    })
    expect(alerts[0]?.title.length).toBeLessThanOrEqual(200)
    expect(alerts[0]?.summary.length).toBeLessThanOrEqual(2000)
    expect(alerts[0]?.title).toMatch(/😀…$/u)
    expect(alerts[0]?.summary.isWellFormed()).toBe(true)
  })

  test('I5 markup and mentions in labels stay the text they are', () => {
    const service = '<!channel> @everyone <b>*x*</b>'
    expect(read({ labels: { alertname: service, service } }).alerts[0]).toMatchObject({
      service,
      title: service,
    })
  })

  test('I5 1,000 alerts are read and 1,001 are refused with the limit named', () => {
    const alerts = Array.from({ length: 1001 }, () => anAlertmanagerAlert())
    const parse = (count: number) =>
      alertParsers.alertmanager(anAlertmanagerPayload(...alerts.slice(0, count)), { receivedAt })
    expect(parse(1000).alerts).toHaveLength(1000)
    expect(() => parse(1001)).toThrow(/at most 1000 alerts a request, found 1001; send smaller/)
  })

  test.each([
    'javascript:alert(1)',
    'https://',
    'http://a b',
    'https://a\n.example.com',
    '//a.example.com',
    `https://a.example.com/${'x'.repeat(5000)}`,
  ])('I5 the address %j is no link, and the alert lands', (generatorURL) => {
    expect(read({ generatorURL }).alerts[0]?.links.map((link) => link.label)).toEqual(['Alertmanager'])
  })
})

describe('a payload that is none', () => {
  test.each([null, 1, 'x', true])('I5 %j is refused by every source, as a whole', (payload) => {
    for (const source of alertSources) {
      expect(() => alertParsers[source](payload, { receivedAt })).toThrow(PayloadError)
    }
  })

  test.each([[{}], [[]], [{ alerts: {} }], [{ alerts: 'x' }], [{ alerts: [], status: 1 }]])(
    'I5 %j is refused by Alertmanager and Grafana with the field named',
    (payload) => {
      for (const source of ['alertmanager', 'grafana'] as const) {
        expect(() => alertParsers[source](payload, { receivedAt })).toThrow(/expected .*, found .*; correct/)
      }
    },
  )

  test('I5 an empty batch is no mistake', () => {
    for (const source of alertSources) {
      expect(alertParsers[source]({ alerts: [] }, { receivedAt })).toEqual({ alerts: [], rejected: [] })
    }
  })

  test('I5 a generic alert says which fields were looked for and which words are known', () => {
    const { rejected } = alertParsers.generic([{}, { name: 'a', status: 'maybe' }, 7], { receivedAt })
    expect(rejected).toMatchObject([
      { index: 0, field: '[0].title', problem: expect.stringContaining('title, name, alertname') as unknown },
      { index: 1, field: '[1].status', problem: expect.stringContaining('mapping') as unknown },
      { index: 2, field: '[2]', problem: expect.stringContaining('found a number') as unknown },
    ])
  })
})
