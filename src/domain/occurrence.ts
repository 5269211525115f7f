import type { AlertStatus } from './alert.ts'

/**
 * Alerts arrive twice, late and out of order. An alert's state is therefore a join: the newest start wins, and for one
 * start `resolved` beats `firing`. Joins commute, associate and are idempotent, so any shuffle ends the same, and a late
 * `firing` can't re-open what is resolved.
 */
export interface Occurrence {
  /** Milliseconds since the epoch: when this occurrence began. */
  readonly startsAt: number
  readonly status: AlertStatus
}

/** True when `next` says something that `current` does not know yet. */
export const supersedes = (next: Occurrence, current: Occurrence): boolean =>
  next.startsAt > current.startsAt ||
  (next.startsAt === current.startsAt && next.status === 'resolved' && current.status === 'firing')

export const joinOccurrences = <T extends Occurrence>(one: T, other: T): T =>
  supersedes(other, one) ? other : one
