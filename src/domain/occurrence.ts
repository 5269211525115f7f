import { type Alert, type AlertStatus, type Severity, severityRank } from './alert.ts'

/**
 * Alerts arrive twice, late and out of order. An alert's state is therefore a join: the newest start wins, for one start
 * `resolved` beats `firing`, and of two that say the same the worse severity stands. Joins commute, associate and are
 * idempotent, so any shuffle ends the same, and a late `firing` can't re-open what is resolved. Where a sender's start
 * was in the future, the arrival orders it among others, but what it claimed still tells that two speak of the same.
 */
export interface Occurrence {
  /** Milliseconds since the epoch: when this occurrence began. */
  readonly startsAt: number
  /** The start as the sender gave it; the same as `startsAt` unless that was in the future. */
  readonly claimed: number
  readonly status: AlertStatus
  readonly severity: Severity
}

export const occurrenceOf = (
  alert: Pick<Alert, 'startsAt' | 'status' | 'severity'> & {
    readonly claimedStartsAt?: Temporal.Instant | null
  },
): Occurrence => ({
  startsAt: alert.startsAt.epochMilliseconds,
  claimed: (alert.claimedStartsAt ?? alert.startsAt).epochMilliseconds,
  status: alert.status,
  severity: alert.severity,
})

/** True when `next` says something that `current` does not know yet. */
export const supersedes = (next: Occurrence, current: Occurrence): boolean => {
  if (next.claimed !== current.claimed)
    return next.startsAt === current.startsAt
      ? next.claimed > current.claimed
      : next.startsAt > current.startsAt
  if (next.status !== current.status) return next.status === 'resolved'
  return severityRank(next.severity) < severityRank(current.severity)
}
