import type { AlertStatus } from '../../src/domain/alert.ts'
import { FieldProblem, kindOf } from './field-problem.ts'

/** RFC 3339, with the liberties senders take: a blank for the T, a comma, an offset without a colon. */
const timestamp = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?([Zz]|[+-]\d\d(?::?\d\d)?)$/

const example = 'such as 2026-03-01T12:00:00Z'

/** Milliseconds from 1970; below this a number of them is taken for seconds (it would be March 1973). */
const secondsBelow = 1e11

const yearTenThousand = 253_402_300_800_000

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 40).toWellFormed()) : kindOf(value)

const invalid = (field: string, value: unknown): FieldProblem =>
  new FieldProblem(field, `expected a time with Z or an offset, ${example}, found ${shown(value)}`)

const fromText = (text: string, field: string): Temporal.Instant => {
  const match = timestamp.exec(text)
  if (match === null) throw invalid(field, text)
  const [, clock = '', fraction, offset = ''] = match
  try {
    // Only milliseconds are kept: it is what the database holds, and Go prints nine digits, others more.
    return Temporal.Instant.from(fraction === undefined ? text : `${clock}.${fraction.slice(0, 3)}${offset}`)
  } catch {
    throw invalid(field, text)
  }
}

const fromNumber = (value: number, field: string): Temporal.Instant => {
  const milliseconds = Math.floor(value < secondsBelow ? value * 1000 : value)
  if (!(milliseconds < yearTenThousand)) throw invalid(field, value)
  return Temporal.Instant.fromEpochMilliseconds(Math.max(0, milliseconds))
}

/**
 * A time to the millisecond, cut and not rounded; null where the sender means "none": nothing, an empty text, Go's
 * year 1, and 1970, which Google's managed Alertmanager sends for an alert that has not ended. Numbers are epoch
 * seconds or milliseconds. Throws FieldProblem for anything else.
 */
export const readInstant = (value: unknown, field: string): Temporal.Instant | null => {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') {
    const instant = fromNumber(value, field)
    return instant.epochMilliseconds > 0 ? instant : null
  }
  if (typeof value !== 'string') throw invalid(field, value)
  const text = value.trim()
  if (text === '') return null
  const instant = fromText(text, field)
  // By an offset on the last day, a four-digit year ends up in one that PostgreSQL writes otherwise.
  if (instant.epochMilliseconds >= yearTenThousand) throw invalid(field, value)
  return instant.epochMilliseconds > 0 ? instant : null
}

const earlier = (one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(one, other) <= 0 ? one : other

const later = (one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(one, other) >= 0 ? one : other

/** Clocks of senders go wrong by seconds; what is further ahead of our own is a mistake and no measurement. */
const aheadMs = 5 * 60_000

interface Interval {
  readonly startsAt: Temporal.Instant
  readonly endsAt: Temporal.Instant | null
  readonly claimedStartsAt?: Temporal.Instant
}

/**
 * Start and end as Suture means them. The status decides, not the end: Alertmanager gives a firing alert an end in
 * the future (or, delivered late, in the past) which only says when it would have forgotten it. A missing start is
 * the arrival; so is a missing end, and neither makes an alert end before it starts. A start in the future is the
 * arrival too, and kept as what the sender claimed: the newest start wins, and so nothing that comes later could ever
 * resolve the alert.
 */
export const readInterval = (
  status: AlertStatus,
  start: Temporal.Instant | null,
  end: Temporal.Instant | null,
  receivedAt: Temporal.Instant,
): Interval => {
  if (start !== null && start.epochMilliseconds > receivedAt.epochMilliseconds + aheadMs)
    return {
      startsAt: receivedAt,
      endsAt: status === 'firing' ? null : later(receivedAt, end ?? receivedAt),
      claimedStartsAt: start,
    }
  if (status === 'firing') return { startsAt: start ?? receivedAt, endsAt: null }
  const startsAt = start ?? (end === null ? receivedAt : earlier(end, receivedAt))
  return { startsAt, endsAt: end ?? later(startsAt, receivedAt) }
}
