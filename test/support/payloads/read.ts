import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A payload of this folder, such as `grafana/legacy-ok.json`, written from the source's documentation. */
export const readPayload = (path: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))

/** An Alertmanager envelope around alerts. */
export const anAlertmanagerPayload = (...alerts: readonly unknown[]): Record<string, unknown> => ({
  version: '4',
  status: 'firing',
  receiver: 'suture',
  externalURL: 'https://alertmanager.example.com',
  alerts,
})

/** One alert as Alertmanager sends it; `over` replaces whole fields. */
export const anAlertmanagerAlert = (
  over: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  status: 'firing',
  labels: { alertname: 'HighLatency', service: 'checkout', severity: 'critical' },
  annotations: { summary: 'checkout is slow' },
  startsAt: '2026-03-01T12:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://prometheus.example.com/graph',
  ...over,
})
