/** Pure figures over a few rounds. Rounds are few and the machine is noisy, so nothing here assumes a distribution. */

const sorted = (values: readonly number[]): number[] => {
  if (values.length === 0)
    throw new Error('expected at least one measured value, found none; run more rounds')
  return [...values].sort((one, other) => one - other)
}

/** The middle value; of an even count the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const ordered = sorted(values)
  const upper = ordered.length >> 1
  const high = ordered[upper] ?? 0
  return ordered.length % 2 === 1 ? high : ((ordered[upper - 1] ?? 0) + high) / 2
}

/** The smallest value that `share` (0 to 1) of all values do not exceed: of 100 values, `0.99` is the 99th. */
export const percentile = (values: readonly number[], share: number): number => {
  const ordered = sorted(values)
  const at = Math.min(ordered.length - 1, Math.max(0, Math.ceil(share * ordered.length) - 1))
  return ordered[at] ?? 0
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const spreadOf = (values: readonly number[]): Spread => {
  const ordered = sorted(values)
  return { median: median(ordered), min: ordered[0] ?? 0, max: ordered.at(-1) ?? 0 }
}

/**
 * Candidate by baseline, round by round: both of one round met the same machine, so its noise cancels better than in the
 * ratio of two medians.
 */
export const ratioSpread = (candidate: readonly number[], baseline: readonly number[]): Spread => {
  if (candidate.length !== baseline.length)
    throw new Error(`expected as many rounds of both sides, found ${candidate.length} and ${baseline.length}`)
  return spreadOf(candidate.map((value, round) => value / (baseline[round] ?? Number.NaN)))
}
