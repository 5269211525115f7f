/** Honest odds: a count with an interval, never a bare percentage. */

export interface Odds {
  readonly worked: number
  /** Everything that was tried and ended: failures, timeouts, rollbacks and unmeasured runs count as not worked. */
  readonly tried: number
  /** 95 % Wilson interval, 0 to 1. With nothing tried it is 0 to 1: nothing is known. */
  readonly low: number
  readonly high: number
  /** The ranking figure: the posterior mean with the playbook's prior, minus the rate of self-recovery. */
  readonly score: number
}

const z95 = 1.959964

/** Wilson score interval (Wilson 1927) for `worked` of `tried`. */
export const wilson = (worked: number, tried: number): { low: number; high: number } => {
  if (tried === 0) return { low: 0, high: 1 }
  const p = worked / tried
  const z2 = z95 * z95
  const centre = p + z2 / (2 * tried)
  const spread = z95 * Math.sqrt((p * (1 - p) + z2 / (4 * tried)) / tried)
  const denominator = 1 + z2 / tried
  return {
    low: Math.max(0, (centre - spread) / denominator),
    high: Math.min(1, (centre + spread) / denominator),
  }
}

/** `7 of 9 worked, 95 % interval 45-94 %`; `never tried here` when there is no history. */
export const describeOdds = (odds: Odds): string =>
  odds.tried === 0
    ? 'never tried here'
    : `${odds.worked} of ${odds.tried} worked, 95 % interval ${Math.round(odds.low * 100)}-${Math.round(odds.high * 100)} %`
