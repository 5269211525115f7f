import { describe, expect, test } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import type { Alert, AlertSourceName } from '../../src/domain/alert.ts'
import { GenericMapping } from '../../src/domain/alert-parser.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload, readPayload } from '../support/payloads/read.ts'

const receivedAt = Temporal.Instant.from('2026-06-01T12:00:00Z')

const read = (source: AlertSourceName, payload: unknown, mapping?: GenericMapping): readonly Alert[] => {
  const { alerts, rejected } = alertParsers[source](
    payload,
    mapping ? { receivedAt, mapping } : { receivedAt },
  )
  expect(rejected).toEqual([])
  return alerts
}

const one = (over: Readonly<Record<string, unknown>>): Alert => {
  const [alert] = read('alertmanager', anAlertmanagerPayload(anAlertmanagerAlert(over)))
  if (alert === undefined) throw new Error('expected one alert')
  return alert
}

describe('Alertmanager', () => {
  test('I1 a version 4 batch gives every alert its own status, service, severity, times and links', () => {
    const [firing, resolved] = read('alertmanager', readPayload('alertmanager/v4-mixed-batch.json'))
    expect(firing).toMatchObject({
      source: 'alertmanager',
      status: 'firing',
      severity: 'critical',
      service: 'checkout',
      title: 'HighErrorRate',
      summary: "5 % of checkout's requests fail. Errors have been above 1 % for ten minutes.",
      endsAt: null,
    })
    expect(firing?.startsAt.toString()).toBe('2026-03-29T00:59:59.999Z')
    expect(firing?.links).toEqual([
      {
        label: 'Source',
        url: 'https://prometheus.example.com/graph?g0.expr=rate%28errors%5B5m%5D%29&g0.tab=1',
      },
      { label: 'Runbook', url: 'https://runbooks.example.com/high-error-rate' },
      { label: 'Alertmanager', url: 'https://alertmanager.example.com' },
    ])
    expect(resolved).toMatchObject({
      status: 'resolved',
      severity: 'medium',
      service: 'ledger',
      summary: 'Errors of ledger are back to normal',
    })
    expect(resolved?.endsAt?.toString()).toBe('2026-03-29T00:40:00.5Z')
    expect(resolved?.links).toHaveLength(1)
  })

  test('I1 a version 3 alert without a status takes the status of its batch', () => {
    const [alert] = read('alertmanager', readPayload('alertmanager/v3-no-alert-status.json'))
    expect(alert).toMatchObject({
      status: 'resolved',
      severity: 'info',
      service: 'node',
      title: 'InstanceDown',
    })
    expect(alert?.endsAt?.toString()).toBe('2026-01-02T03:14:05Z')
  })

  test('I1 a managed version 1 alert has no end in 1970, and labels that are numbers become text', () => {
    const [alert] = read('alertmanager', readPayload('alertmanager/v1-managed.json'))
    expect(alert).toMatchObject({
      status: 'firing',
      severity: 'high',
      service: 'search',
      summary: 'p99 of search is 2.3 s',
      endsAt: null,
    })
    expect(alert?.labels).toMatchObject({ shard: '7', canary: 'false' })
    expect(alert?.links).toHaveLength(1)
  })

  test.each([
    ['firing', '2026-03-01T12:05:00Z', null],
    ['firing', 'nonsense', null],
    ['resolved', '2026-03-01T12:05:00.123456789123+00:00', '2026-03-01T12:05:00.123Z'],
    ['resolved', '0001-01-01T00:00:00Z', '2026-06-01T12:00:00Z'],
    ['resolved', '1970-01-01T00:00:00Z', '2026-06-01T12:00:00Z'],
    ['resolved', '', '2026-06-01T12:00:00Z'],
  ])('I1 %s with an end of "%s" ends at %s', (status, endsAt, end) => {
    expect(one({ status, endsAt }).endsAt?.toString() ?? null).toBe(end)
  })

  test('I1 an alert without a start, or with one in year 1, started when it arrived', () => {
    for (const startsAt of [undefined, null, '', '0001-01-01T00:00:00Z']) {
      expect(one({ startsAt }).startsAt.toString()).toBe('2026-06-01T12:00:00Z')
    }
  })

  test.each([
    ['2026-06-01T12:05:00Z', '2026-06-01T12:05:00Z', undefined],
    ['2026-06-01T12:05:00.001Z', '2026-06-01T12:00:00Z', '2026-06-01T12:05:00.001Z'],
    ['2099-01-01T00:00:00Z', '2026-06-01T12:00:00Z', '2099-01-01T00:00:00Z'],
  ])(
    'I1 of a start at %s, received at 12:00, %s is believed and %s kept as claimed',
    (said, start, claimed) => {
      for (const status of ['firing', 'resolved']) {
        const alert = one({ status, startsAt: said, endsAt: '2026-06-01T11:59:00Z' })
        expect(alert.startsAt.toString()).toBe(start)
        expect(alert.claimedStartsAt?.toString()).toBe(claimed)
        if (claimed !== undefined && alert.endsAt !== null) expect(alert.endsAt.toString()).toBe(start)
      }
    },
  )

  test('I1 a resolved alert whose start is missing does not end before it starts', () => {
    const alert = one({ status: 'resolved', startsAt: null, endsAt: '2026-05-01T00:00:00Z' })
    expect(alert.startsAt.toString()).toBe('2026-05-01T00:00:00Z')
  })
})

describe('severity and service', () => {
  test.each([
    ['critical', 'page critical fatal emergency severe P1 sev1 CRITICAL'],
    ['high', 'high error major p2'],
    ['medium', 'warning warn average minor p3 bogus'],
    ['low', 'low p4'],
    ['info', 'info none p5'],
  ])('I1 %s is what %s mean', (severity, words) => {
    for (const word of words.split(' ')) {
      expect([word, one({ labels: { alertname: 'A', severity: word } }).severity]).toEqual([word, severity])
    }
  })

  test('I1 an alert without a severity is medium', () => {
    expect(one({ labels: { alertname: 'A' } }).severity).toBe('medium')
  })

  test('I1 the service is the first of its labels in order, and the scrape job only if there is no other', () => {
    const order = [
      'service',
      'service_name',
      'app',
      'app_kubernetes_io_name',
      'app.kubernetes.io/name',
      'application',
      'deployment',
      'job',
    ]
    const labels: Record<string, string> = { alertname: 'A', pod: 'p' }
    expect(one({ labels }).service).toBeNull()
    for (const name of order.toReversed()) {
      labels[name] = `  the ${name} `
      expect(one({ labels: { ...labels } }).service).toBe(`the ${name}`)
    }
    labels.service = '   '
    expect(one({ labels }).service).toBe('the service_name')
  })
})

describe('Grafana', () => {
  test('I1 an alert about a rule without data is named for its rule', () => {
    const [alert] = read('grafana', readPayload('grafana/unified-no-data.json'))
    expect(alert).toMatchObject({
      source: 'grafana',
      title: 'DatasourceNoData: Orders per minute',
      service: 'orders',
      summary: '',
    })
    expect(alert?.startsAt.toString()).toBe('2026-02-03T04:05:06.123Z')
    expect(alert?.links.map((link) => link.label)).toEqual(['Source', 'Silence', 'Grafana'])
  })

  test('I1 relative and foreign addresses are no links, and values stand in for a missing summary', () => {
    const [alert] = read('grafana', readPayload('grafana/unified-values.json'))
    expect(alert).toMatchObject({ severity: 'high', service: 'mailer', summary: 'A = 4021.5' })
    expect(alert?.links.map((link) => link.label)).toEqual(['Dashboard', 'Panel', 'Grafana'])
  })

  test('I1 I3 a legacy rule starts when it arrives and is one alert, alerting, without data and ok', () => {
    const payload = readPayload('grafana/legacy-alerting.json')
    const [alerting] = read('grafana', payload)
    expect(alerting).toMatchObject({
      status: 'firing',
      severity: 'critical',
      service: 'postgres',
      title: 'Disk nearly full',
      summary: 'disk = 93.5, disk 2 = 91',
      labels: { host: 'db-1', app: 'postgres', severity: 'critical', team: 'storage' },
    })
    expect(alerting?.labels).not.toHaveProperty('mount')
    expect(alerting?.startsAt.toString()).toBe('2026-06-01T12:00:00Z')
    const [ok] = read('grafana', readPayload('grafana/legacy-ok.json'))
    expect(ok).toMatchObject({ status: 'resolved', endsAt: receivedAt, fingerprint: alerting?.fingerprint })
    const [noData] = read('grafana', { ...(payload as object), state: 'no_data', evalMatches: null })
    expect(noData).toMatchObject({ status: 'firing', fingerprint: alerting?.fingerprint })
  })

  test('I3 equal rule numbers of two Grafanas are two alerts', () => {
    const payload = readPayload('grafana/legacy-ok.json') as object
    const [here] = read('grafana', payload)
    const [there] = read('grafana', { ...payload, ruleUrl: 'https://grafana.example.org/d/disk' })
    expect(here?.fingerprint).not.toBe(there?.fingerprint)
  })

  test.each(['paused', 'pending', 'bogus'])(
    'I5 a legacy rule that is %s is kept aside with the reason',
    (state) => {
      const result = alertParsers.grafana({ ruleId: 7, ruleName: 'x', state }, { receivedAt })
      expect(result.alerts).toEqual([])
      expect(result.rejected).toMatchObject([
        { index: 0, field: 'state', problem: expect.stringContaining(state) as unknown },
      ])
    },
  )
})

describe('generic', () => {
  test('I1 the default mapping reads a list with epoch times, nested names and several links', () => {
    const [backup, certificate] = read('generic', readPayload('generic/list.json'))
    expect(backup).toMatchObject({
      status: 'firing',
      severity: 'critical',
      service: 'backup',
      title: 'Backup failed',
      labels: { host: 'nas-1', environment: 'production' },
      links: [{ label: 'links', url: 'https://backup.example.com/runs/7' }],
    })
    expect(backup?.startsAt.toString()).toBe('2026-01-02T03:00:00Z')
    expect(certificate).toMatchObject({ status: 'resolved', severity: 'medium', service: 'gateway' })
    expect(certificate?.endsAt?.toString()).toBe('2026-01-01T23:00:00Z')
  })

  const mapping = GenericMapping.parse({
    title: ['event.check'],
    key: ['event.incident_key'],
    severity: ['event.level'],
    status: ['event.verdict'],
    firing: ['Broken'],
    resolved: ['fine'],
    startsAt: ['event.since'],
    service: ['target.component'],
    summary: ['event.details.0'],
    labels: ['event.meta'],
    links: ['see'],
  })

  test('I1 a mapping names where each field of an unknown format stands', () => {
    const [alert] = read('generic', readPayload('generic/mapped.json'), mapping)
    expect(alert).toMatchObject({
      status: 'firing',
      severity: 'medium',
      service: 'resolver',
      title: 'dns lookup',
      summary: 'resolver timed out',
      labels: { owner: 'network', zone: '3' },
      links: [{ label: 'see', url: 'https://status.example.com/dns' }],
    })
    expect(alert?.startsAt.toString()).toBe('2026-05-01T08:00:00Z')
  })

  test('I3 a mapped key is the identity, whatever else changes', () => {
    const event = { check: 'a', incident_key: 'k', verdict: 'broken' }
    const [firing] = read('generic', { event }, mapping)
    const [resolved] = read('generic', { event: { ...event, check: 'b', verdict: 'fine' } }, mapping)
    expect(resolved?.status).toBe('resolved')
    expect(resolved?.fingerprint).toBe(firing?.fingerprint)
  })

  test('I3 without a key, another title or service is another alert', () => {
    const fingerprints = [
      { name: 'a', service: 's' },
      { name: 'b', service: 's' },
      { name: 'a', service: 't' },
    ].map((payload) => read('generic', payload)[0]?.fingerprint)
    expect(new Set(fingerprints).size).toBe(3)
  })

  test('I1 one object, a list and an object with a list are the same', () => {
    const alert = { name: 'a', service: 's' }
    const fromOne = read('generic', alert)
    expect(read('generic', [alert])).toEqual(fromOne)
    expect(read('generic', { alerts: [alert] })).toEqual(fromOne)
  })
})
