import { hash } from 'node:crypto'
import type { Alert } from '../../src/domain/alert.ts'

/** An alert with what a test does not care about filled in. */
export const anAlert = (given: Partial<Alert> = {}): Alert => {
  const title = given.title ?? 'ServiceDown'
  const service = given.service === undefined ? 'checkout' : given.service
  return {
    source: 'alertmanager',
    fingerprint: hash('sha256', `${title} ${service ?? ''} ${JSON.stringify(given.labels ?? {})}`, 'hex'),
    status: 'firing',
    severity: 'critical',
    service,
    title,
    summary: 'It does not answer.',
    labels: { alertname: title, ...(service === null ? {} : { service }) },
    startsAt: Temporal.Instant.from('2026-11-22T14:00:00Z'),
    endsAt: given.status === 'resolved' ? Temporal.Instant.from('2026-11-22T14:10:00Z') : null,
    links: [],
    ...given,
  }
}
