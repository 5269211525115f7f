import type { Clock } from '../ports.ts'

/** Whether alerts pour in, as seen by the writer of this process. */
export interface Pressure {
  /** So many alerts wait, or are being written together. */
  readonly rises: (alerts: number) => void
  /** A batch has been written. */
  readonly falls: () => void
  readonly isHigh: () => boolean
}

/** This many together are a storm; what a single group of Alertmanager sends at once is less. */
const manyAlerts = 100
/** A pause between batches that is longer than this ends it. */
const pauseMs = 50

export const createPressure = (clock: Clock): Pressure => {
  let until = Number.NEGATIVE_INFINITY
  return {
    rises: (alerts) => {
      if (alerts >= manyAlerts) until = Number.POSITIVE_INFINITY
    },
    falls: () => {
      until = Math.min(until, clock.monotonicMs() + pauseMs)
    },
    isHigh: () => clock.monotonicMs() < until,
  }
}
