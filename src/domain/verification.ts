import type { Recovery } from './learning.ts'

/** From single looks to one answer: did it help? Whatever is not known for sure is no success. */

/** One look at one check. */
export interface Reading {
  /** False when nobody could look: no probe, no data, no answer from who measures. */
  readonly measured: boolean
  /** Whether it holds; false whenever it was not measured. */
  readonly holds: boolean
  /** One sentence without a full stop, for people: `5xx rate 0.2 %, below 1 %`. */
  readonly summary: string
}

export const notMeasured = (summary: string): Reading => ({ measured: false, holds: false, summary })

/** All times in ms since the verification began. */
export interface Patience {
  readonly settle: number
  readonly within: number
  /** Looks in a row at which it has to hold. */
  readonly healthy: number
}

/** What is known of one check so far. */
export interface Seen {
  readonly last: Reading | null
  /** Looks in a row, up to the last, at which it held. */
  readonly inARow: number
  /** It held often enough, up to the last look. */
  readonly held: boolean
}

export const nothingSeen: Seen = { last: null, inARow: 0, held: false }

/** A look that could not measure breaks a row, a full one too: what held once may have ended unseen while others were waited for. */
export const seeMore = (seen: Seen, reading: Reading, { healthy }: Pick<Patience, 'healthy'>): Seen => {
  const holds = reading.measured && reading.holds
  const inARow = holds ? seen.inARow + 1 : 0
  return { last: reading, inARow, held: inARow >= healthy }
}

export type Standing = Recovery | 'waiting'

/** One check at a time. What it says when its time is up rests on the last look: older ones say nothing about the end. */
export const standingOf = (seen: Seen, { settle, within }: Patience, elapsedMs: number): Standing => {
  if (seen.held) return 'recovered'
  if (elapsedMs < settle + within) return 'waiting'
  return endOf(seen)
}

/** Nobody looks any more: its time is up, or the run was stopped. */
export const endOf = ({ held, last }: Seen): Recovery => {
  if (held) return 'recovered'
  return last?.measured === true ? 'not_recovered' : 'not_measured'
}

/** Several checks at a time: all must hold at once. One that does not hold outweighs one that nobody could look at. */
export const allOf = (standings: readonly Standing[]): Standing => {
  if (standings.includes('not_recovered')) return 'not_recovered'
  if (standings.includes('waiting')) return 'waiting'
  // No check at all measures nothing.
  if (standings.length === 0 || standings.includes('not_measured')) return 'not_measured'
  return 'recovered'
}

/** The same once nobody looks any more. */
export const endOfAll = (seen: readonly Seen[]): Recovery => {
  const standing = allOf(seen.map(endOf))
  return standing === 'waiting' ? 'not_measured' : standing
}
