/** Which sums answer for a span of time exactly: whole days, whole hours, and single outcomes at the edges. All in UTC. */

/** From `from` on, and before `to`. */
export interface Span {
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
}

export interface Grains {
  readonly days: readonly Span[]
  readonly hours: readonly Span[]
  readonly outcomes: readonly Span[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The spans follow each other without a gap and without an overlap: at most one of days, two of hours, two of outcomes. */
export const grainsOf = ({ from, to }: Span): Grains => {
  const [start, end] = [from.epochMilliseconds, to.epochMilliseconds]
  const [hour, hourEnd] = [up(start, hourMs), down(end, hourMs)]
  if (hour >= hourEnd) return { days: [], hours: [], outcomes: spans([start, end]) }
  const outcomes = spans([start, hour], [hourEnd, end])
  const [day, dayEnd] = [up(hour, dayMs), down(hourEnd, dayMs)]
  return day >= dayEnd
    ? { days: [], hours: spans([hour, hourEnd]), outcomes }
    : { days: spans([day, dayEnd]), hours: spans([hour, day], [dayEnd, hourEnd]), outcomes }
}

const up = (ms: number, unit: number): number => Math.ceil(ms / unit) * unit
const down = (ms: number, unit: number): number => Math.floor(ms / unit) * unit

const spans = (...pairs: readonly (readonly [number, number])[]): Span[] =>
  pairs
    .filter(([from, to]) => from < to)
    .map(([from, to]) => ({
      from: Temporal.Instant.fromEpochMilliseconds(from),
      to: Temporal.Instant.fromEpochMilliseconds(to),
    }))
