import { type LearningStatus, learningStatuses, neverBegan, type Recovery } from '../learning.ts'
import { wilson } from '../odds.ts'

/** How remediations did, as counts: nothing that happened is dropped, and no rate stands without what it rests on. */

/** Outcomes of one kind, summed. */
export interface OutcomeSum {
  /** What they are grouped by: a playbook, a service, a diagnosis code, a day; empty where they are not. */
  readonly key: string
  readonly status: LearningStatus
  readonly recovery: Recovery
  readonly outcomes: number
  readonly totalMs: number
}

export interface LearningFigures {
  readonly key: string
  /** Everything on record, incidents that recovered alone among it. */
  readonly total: number
  readonly byStatus: Readonly<Record<LearningStatus, number>>
  /** Runs that began. */
  readonly tried: number
  /** Of them those that did their steps, and after which the service was measured to be well. */
  readonly worked: number
  /** All the others that began: failed, timed out, rolled back, unknown, without effect, not measured. */
  readonly failed: number
  /** worked / tried, 0 to 1; null when nothing was tried. */
  readonly rate: number | null
  /** 95 % Wilson interval of it; 0 to 1 when nothing was tried. */
  readonly low: number
  readonly high: number
  /** Mean duration of the runs that began, in milliseconds; null when none did. */
  readonly averageMs: number | null
  readonly selfRecovered: number
}

const began = ({ status }: OutcomeSum): boolean => status !== 'self_recovered' && !neverBegan.includes(status)
const worked = ({ status, recovery }: OutcomeSum): boolean =>
  status === 'succeeded' && recovery === 'recovered'

export const figuresOf = (key: string, sums: readonly OutcomeSum[]): LearningFigures => {
  const tries = sums.filter(began)
  const tried = count(tries)
  const good = count(tries.filter(worked))
  const ms = tries.reduce((total, { totalMs }) => total + totalMs, 0)
  const of = (status: LearningStatus): number => count(sums.filter((each) => each.status === status))
  return {
    key,
    total: count(sums),
    byStatus: Object.fromEntries(learningStatuses.map((status) => [status, of(status)])) as Record<
      LearningStatus,
      number
    >,
    tried,
    worked: good,
    failed: tried - good,
    rate: tried === 0 ? null : good / tried,
    ...wilson(good, tried),
    averageMs: tried === 0 ? null : Math.round(ms / tried),
    selfRecovered: of('self_recovered'),
  }
}

/** One for each key, in the order in which the keys come. */
export const figuresByKey = (sums: readonly OutcomeSum[]): LearningFigures[] =>
  [...Map.groupBy(sums, ({ key }) => key)].map(([key, mine]) => figuresOf(key, mine))

/**
 * Best first: by the lower end of the interval, so that 1 of 1 does not stand before 40 of 42. What was never tried is no
 * part of a ranking.
 */
export const ranked = (figures: readonly LearningFigures[]): LearningFigures[] =>
  figures
    .filter(({ tried }) => tried > 0)
    .toSorted(
      (one, other) => other.low - one.low || other.tried - one.tried || (one.key < other.key ? -1 : 1),
    )

const count = (sums: readonly OutcomeSum[]): number =>
  sums.reduce((total, { outcomes }) => total + outcomes, 0)
