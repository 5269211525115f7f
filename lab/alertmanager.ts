/**
 * The webhook an Alertmanager posts, version 4.
 * Shape: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
import type { Finding } from './rules.ts'

export type Labels = Readonly<Record<string, string>>

/** An alert as the prober holds it. Times are ISO 8601; `endsAt` is null while it fires. */
export type LabAlert = {
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string | null
}

/** What Alertmanager writes where an alert has no end yet. */
const NO_END = '0001-01-01T00:00:00Z'

export const labelsOf = (service: string, { alertname, severity }: Finding): Labels => ({
  alertname,
  env: 'lab',
  service,
  severity,
})

export const annotationsOf = ({ summary, description }: Finding): Readonly<Record<string, string>> => ({
  description,
  summary,
})

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n
const SEPARATOR = 0xff

/** FNV-1a over the sorted labels, 16 hex digits: the fingerprint Prometheus gives the same labels. */
export function fingerprint(labels: Labels): string {
  let hash = FNV_OFFSET
  const add = (byte: number) => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME)
  }
  for (const name of Object.keys(labels).sort()) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of new TextEncoder().encode(text)) add(byte)
      add(SEPARATOR)
    }
  }
  return hash.toString(16).padStart(16, '0')
}

/** One alert as a group of its own. */
export function webhookPayload(alert: LabAlert, externalUrl: string) {
  const { labels, annotations } = alert
  const status = alert.endsAt === null ? ('firing' as const) : ('resolved' as const)
  const groupLabels = { alertname: labels.alertname ?? '', service: labels.service ?? '' }
  return {
    version: '4' as const,
    groupKey: `{}:{alertname="${groupLabels.alertname}", service="${groupLabels.service}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'suture',
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: externalUrl,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: alert.startsAt,
        endsAt: alert.endsAt ?? NO_END,
        generatorURL: `${externalUrl}/svc/${groupLabels.service}/health`,
        fingerprint: fingerprint(labels),
      },
    ],
  }
}
