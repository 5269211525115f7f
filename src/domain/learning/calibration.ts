import { wilson } from '../odds.ts'
import type { Proposal } from '../proposal.ts'
import { selfRecoveryRate } from '../score.ts'

/** How often what was said came true. */

/**
 * The likelihood that a proposal stated, 0 to 1: its score is what it adds over waiting, so the rate of recovery without help
 * is added back. Null where the score was 0: then nothing was promised.
 */
export const statedBy = ({ odds, selfRecovery }: Pick<Proposal, 'odds' | 'selfRecovery'>): number | null =>
  odds.score === 0 ? null : Math.min(1, odds.score + selfRecoveryRate(selfRecovery))

/** Runs whose stated likelihood fell in one tenth. */
export interface TenthSum {
  /** 0 to 9; 8 is from 80 % to below 90 %, and 9 takes 100 % too. */
  readonly tenth: number
  readonly outcomes: number
  readonly worked: number
  readonly statedSum: number
}

export interface CalibratedTenth {
  readonly from: number
  readonly to: number
  readonly outcomes: number
  readonly worked: number
  /** Mean of what was said. */
  readonly stated: number
  /** What came true, with its 95 % Wilson interval. */
  readonly observed: number
  readonly low: number
  readonly high: number
  /** Whether what was said lies in that interval. */
  readonly honest: boolean
}

export interface Calibration {
  readonly outcomes: number
  /** Mean distance between said and observed, weighted by outcomes, 0 to 1; null without outcomes. */
  readonly error: number | null
  readonly tenths: readonly CalibratedTenth[]
}

export const calibrationOf = (sums: readonly TenthSum[]): Calibration => {
  const tenths = sums
    .filter(({ outcomes }) => outcomes > 0)
    .toSorted((one, other) => one.tenth - other.tenth)
    .map(tenthOf)
  const outcomes = tenths.reduce((total, each) => total + each.outcomes, 0)
  const apart = tenths.reduce(
    (total, each) => total + each.outcomes * Math.abs(each.stated - each.observed),
    0,
  )
  return { outcomes, error: outcomes === 0 ? null : apart / outcomes, tenths }
}

const tenthOf = ({ tenth, outcomes, worked, statedSum }: TenthSum): CalibratedTenth => {
  const stated = statedSum / outcomes
  const { low, high } = wilson(worked, outcomes)
  return {
    from: tenth / 10,
    to: (tenth + 1) / 10,
    outcomes,
    worked,
    stated,
    observed: worked / outcomes,
    low,
    high,
    honest: stated >= low && stated <= high,
  }
}
