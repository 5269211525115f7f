import type { Alert } from '../../domain/alert.ts'
import { worstOf } from '../../domain/alert.ts'
import { occurrenceOf, supersedes } from '../../domain/occurrence.ts'

/** Copies of one alert in one batch, folded into one row, so that no row is written twice in a transaction. */
export interface FoldedAlert {
  readonly alert: Alert
  readonly copies: number
}

/** By fingerprint, in fingerprint order: every writer takes its row locks in the same order, so none deadlock. */
export const foldByFingerprint = (alerts: readonly Alert[]): FoldedAlert[] => {
  const folded = new Map<string, FoldedAlert>()
  for (const alert of alerts) {
    const known = folded.get(alert.fingerprint)
    const isNews = known === undefined || supersedes(occurrenceOf(alert), occurrenceOf(known.alert))
    folded.set(
      alert.fingerprint,
      isNews ? { alert, copies: (known?.copies ?? 0) + 1 } : { ...known, copies: known.copies + 1 },
    )
  }
  return [...folded.values()].sort((one, other) => (one.alert.fingerprint < other.alert.fingerprint ? -1 : 1))
}

/** Alerts about one catalogued service are one incident; without a service, one alert rule of one source is. */
export const groupKeyOf = (alert: Alert): string =>
  alert.service === null ? `rule:${alert.source}:${alert.title}` : `service:${alert.service}`

export interface AlertGroup {
  readonly key: string
  readonly alerts: readonly Alert[]
}

/** In key order, for the same reason as above. */
export const groupAlerts = (alerts: readonly Alert[]): AlertGroup[] => {
  const groups = new Map<string, Alert[]>()
  for (const alert of alerts) {
    const key = groupKeyOf(alert)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [alert])
    else group.push(alert)
  }
  return [...groups]
    .map(([key, members]) => ({ key, alerts: members }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
}

/** The alert a person would name first: the worst, and among equals the one that began first. */
export const leadOf = (alerts: readonly Alert[]): Alert => {
  const [first, ...rest] = alerts
  if (first === undefined) throw new Error('a group of alerts is never empty')
  return rest.reduce((lead, alert) => {
    if (alert.severity !== lead.severity)
      return worstOf(lead.severity, alert.severity) === alert.severity ? alert : lead
    return Temporal.Instant.compare(alert.startsAt, lead.startsAt) < 0 ? alert : lead
  }, first)
}
