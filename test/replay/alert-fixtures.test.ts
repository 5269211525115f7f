import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import type { Alert, AlertSourceName } from '../../src/domain/alert.ts'
import { parseStrictJson } from '../../src/http/strict-json.ts'

/**
 * Payloads found in the wild, read where they are and never copied into the project. The table below was written by
 * reading each file, not by running the parser.
 */
const folder = resolve(import.meta.dirname, '../../../shared/fixtures/alerts')
const receivedAt = Temporal.Instant.from('2026-06-01T12:00:00Z')
const arrival = '2026-06-01T12:00:00Z'

type Row = [
  status: Alert['status'],
  severity: Alert['severity'],
  service: string | null,
  title: string,
  start: string,
  end: string | null,
  links: number,
]

const meaning: Readonly<Record<AlertSourceName, Readonly<Record<string, readonly Row[]>>>> = {
  alertmanager: {
    'v3_firing_numeric_groupkey.json': [
      ['firing', 'critical', 'System', 'failedConnect', '2016-08-01T10:27:08.008Z', null, 2],
    ],
    'v4_firing_endsat_in_past.json': [
      ['firing', 'critical', null, 'Fire', '2018-11-04T21:43:58.283Z', null, 2],
    ],
    // The source and the Alertmanager are one address, which is one link.
    'v4_gmp_managed_alertmanager.json': [
      ['firing', 'medium', null, 'GMP_WebhookTest', '2026-01-13T13:30:50Z', null, 1],
    ],
    'v4_grouped_mixed_firing_resolved.json': [
      ['firing', 'medium', null, 'CPUHigh', '2021-03-30T12:17:50.814Z', null, 2],
      ['resolved', 'medium', null, 'CPUHigh', '2021-03-30T12:17:50.814Z', '2021-03-30T13:17:50.814Z', 2],
      ['firing', 'critical', null, 'CPUHigh1', '2021-03-30T12:17:50.814Z', null, 2],
      ['firing', 'info', null, 'CPUHigh2', '2021-03-30T12:17:50.814Z', null, 2],
    ],
    'v4_resolved_multiple_same_fingerprint.json': [
      ['resolved', 'critical', null, 'DiskSpace', '2017-05-09T07:01:37.803Z', '2017-05-09T07:08:37.818Z', 0],
      ['resolved', 'critical', null, 'DiskSpace', '2017-05-09T07:01:37.803Z', '2017-05-09T07:08:37.818Z', 0],
    ],
    'v4_resolved_single.json': [
      [
        'resolved',
        'medium',
        null,
        'CPUThrottlingHigh',
        '2019-01-28T20:26:23.868Z',
        '2019-01-28T20:27:23.868Z',
        3,
      ],
    ],
  },
  grafana: {
    'legacy_alerting.json': [['firing', 'medium', 'monitoring', 'Zeta CPU alert', arrival, null, 1]],
    'legacy_ok.json': [['resolved', 'medium', null, 'Zeta CPU alert', arrival, arrival, 1]],
    'unified_firing_values.json': [
      ['firing', 'medium', null, 'CPU Usage High', '2023-03-29T09:41:10Z', null, 5],
    ],
    'unified_v12_test_notification.json': [
      ['firing', 'medium', null, 'TestAlert', '2026-05-05T13:04:57.622Z', null, 4],
    ],
    'unified_v9_resolved.json': [
      ['resolved', 'medium', null, 'Test alert', '2022-06-17T00:41:00.782Z', '2022-06-17T00:51:24.067Z', 4],
    ],
  },
  generic: {
    'keep_kafka_alert.json': [
      ['firing', 'critical', 'backend', 'Kafka Alert', '2023-10-23T09:56:44.95Z', null, 1],
    ],
  },
}

const rowOf = (alert: Alert): Row => [
  alert.status,
  alert.severity,
  alert.service,
  alert.title,
  alert.startsAt.toString(),
  alert.endsAt?.toString() ?? null,
  alert.links.length,
]

const read = (source: AlertSourceName, file: string): readonly Alert[] => {
  const payload = parseStrictJson(readFileSync(join(folder, source, file)), { maxBytes: 1_000_000 })
  const { alerts, rejected } = alertParsers[source](payload, { receivedAt })
  expect(rejected).toEqual([])
  return alerts
}

const sources = Object.keys(meaning) as AlertSourceName[]

describe.skipIf(!existsSync(folder))('alert payloads found in the wild', () => {
  for (const source of sources) {
    test(`I1 every ${source} fixture has its meaning written down`, () => {
      expect(readdirSync(join(folder, source)).sort()).toEqual(Object.keys(meaning[source]).sort())
    })

    for (const [file, rows] of Object.entries(meaning[source])) {
      test(`I1 ${source}/${file} means what a person would say`, () => {
        expect(read(source, file).map(rowOf)).toEqual(rows)
      })
    }
  }

  test('I3 alerts that share a fingerprint at the source but not their labels are told apart', () => {
    for (const file of [
      'v4_grouped_mixed_firing_resolved.json',
      'v4_resolved_multiple_same_fingerprint.json',
    ]) {
      const fingerprints = read('alertmanager', file).map((alert) => alert.fingerprint)
      expect(new Set(fingerprints).size).toBe(fingerprints.length)
    }
  })

  test('I3 a legacy Grafana rule is one alert, alerting and ok', () => {
    const [alerting] = read('grafana', 'legacy_alerting.json')
    const [ok] = read('grafana', 'legacy_ok.json')
    expect(alerting?.fingerprint).toBe(ok?.fingerprint)
  })

  test('I1 the words of the source become the summary', () => {
    expect(read('alertmanager', 'v4_firing_endsat_in_past.json')[0]?.summary).toBe('Something is on fire')
    expect(read('alertmanager', 'v3_firing_numeric_groupkey.json')[0]?.summary).toBe(
      'Connect fail. Connect to host2 fails',
    )
    expect(read('grafana', 'unified_firing_values.json')[0]?.summary).toBe('C = 12, D = 1')
  })
})
