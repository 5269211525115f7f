import { type AlertStatus, type Severity, severityRank } from './alert.ts'

/**
 * Alerts arrive twice, late and out of order. An alert's state is therefore a join: the newest start wins, for one start
 * `resolved` beats `firing`, and of two that say the same the worse severity stands. Joins commute, associate and are
 * idempotent, so any shuffle ends the same, and a late `firing` can't re-open what is resolved.
 */
export interface Occurrence {
  /** Milliseconds since the epoch: when this occurrence began. */
  readonly startsAt: number
  readonly status: AlertStatus
  readonly severity: Severity
}

/** True when `next` says something that `current` does not know yet. */
export const supersedes = (next: Occurrence, current: Occurrence): boolean => {
  if (next.startsAt !== current.startsAt) return next.startsAt > current.startsAt
  if (next.status !== current.status) return next.status === 'resolved'
  return severityRank(next.severity) < severityRank(current.severity)
}
