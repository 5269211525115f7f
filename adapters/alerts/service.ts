/**
 * Labels that name a service, best first. `job` comes last: it names a scrape job, which is only often the service.
 * OpenTelemetry writes `service_name`; Kubernetes `app.kubernetes.io/name`, which Prometheus turns into underscores.
 */
const serviceLabels = [
  'service',
  'service_name',
  'app',
  'app_kubernetes_io_name',
  'app.kubernetes.io/name',
  'application',
  'deployment',
  'job',
] as const

/** The service by label, trimmed and otherwise as sent; null when no label says it. */
export const serviceOf = (labels: Readonly<Record<string, string>>): string | null => {
  for (const name of serviceLabels) {
    const service = labels[name]?.trim()
    if (service !== undefined && service !== '') return service
  }
  return null
}
