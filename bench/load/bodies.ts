import type { StreamAlert } from './alert-stream.ts'

/** The same alert in the two forms it takes: what Alertmanager is sent, and what Alertmanager sends on. */

const labelsOf = ({ service, instance, alertname }: StreamAlert): Record<string, string> => ({
  alertname,
  service,
  instance,
  namespace: 'shop',
  cluster: 'eu-1',
  job: 'kubernetes-pods',
  severity: alertname === 'ServiceDown' ? 'critical' : 'warning',
})

const annotationsOf = ({ service, instance, alertname }: StreamAlert): Record<string, string> => ({
  summary: `${alertname} on ${service}`,
  description: `${instance} of ${service} has been over its threshold for five minutes.`,
  runbook_url: `https://runbooks.example.com/${alertname}`,
})

const generator = 'http://prometheus.example.com/graph?g0.expr=up%3D%3D0&g0.tab=1'

/** `POST /api/v2/alerts` of Alertmanager. */
export const alertmanagerBody = (alerts: readonly StreamAlert[]): string =>
  JSON.stringify(
    alerts.map((alert) => ({
      labels: labelsOf(alert),
      annotations: annotationsOf(alert),
      startsAt: alert.startsAt,
      ...(alert.endsAt === null ? {} : { endsAt: alert.endsAt }),
      generatorURL: generator,
    })),
  )

/** `POST /v1/alerts/alertmanager` of Suture: the webhook form. */
export const webhookBody = (alerts: readonly StreamAlert[]): string =>
  JSON.stringify({
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'suture',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com',
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: labelsOf(alert),
      annotations: annotationsOf(alert),
      startsAt: alert.startsAt,
      endsAt: alert.endsAt ?? '0001-01-01T00:00:00Z',
      generatorURL: generator,
    })),
  })

export const inBatches = <T>(items: readonly T[], size: number): T[][] => {
  const batches: T[][] = []
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size))
  return batches
}
