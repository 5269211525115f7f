import { type Odds, wilson } from './odds.ts'
import type { Playbook } from './playbook.ts'

/** Honest odds of one playbook for one diagnosis. */

export interface PlaybookHistory {
  readonly worked: number
  /** Everything that ended: failures, timeouts, rollbacks and unmeasured runs count as not worked. */
  readonly tried: number
  /** Median duration of the runs that worked; null when there is none. */
  readonly medianMs: number | null
}

export interface SelfRecovery {
  readonly recovered: number
  readonly of: number
}

/** With fewer such incidents than this, self-recovery is an anecdote and counts as none. */
export const leastSelfRecoveries = 5

/**
 * The share of such incidents that recovered with nobody doing anything, 0 to 1. It is shrunk towards 0 by as many imagined
 * incidents that did not recover alone, so that 5 of 5 counts as 0.5 and only a long record comes near its raw rate.
 */
export const selfRecoveryRate = ({ recovered, of }: SelfRecovery): number =>
  of < leastSelfRecoveries ? 0 : clamp(recovered, 0, of) / (of + leastSelfRecoveries)

/** Posterior mean of a beta-binomial with the playbook's prior as pseudo-counts. With nothing known at all it is 0. */
export const posteriorMean = (
  prior: Playbook['prior'],
  history: Pick<PlaybookHistory, 'worked' | 'tried'>,
): number => {
  const tried = Math.max(0, history.tried)
  const weight = tried + prior.worked + prior.failed
  return weight === 0 ? 0 : (clamp(history.worked, 0, tried) + prior.worked) / weight
}

/** The score is what the playbook adds over waiting, held to 0 to 1. */
export const oddsOf = (
  prior: Playbook['prior'],
  history: PlaybookHistory,
  selfRecovery: SelfRecovery,
): Odds => {
  const tried = Math.max(0, history.tried)
  const worked = clamp(history.worked, 0, tried)
  return {
    worked,
    tried,
    ...wilson(worked, tried),
    score: clamp(posteriorMean(prior, history) - selfRecoveryRate(selfRecovery), 0, 1),
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))
