import type { NotDelivered } from '../ports.ts'

/** What trying again may heal comes back within a minute; what only a person can mend is asked for rarely. */
const bounds = {
  retryable: { firstMs: 1_000, longestMs: 60_000 },
  refused: { firstMs: 30_000, longestMs: 600_000 },
} as const

/**
 * A lane begins low either way: the next of its cards may fare better. What is refused for good says little of the others, and
 * may be many cards: where each held the lane for minutes, a new incident would wait behind them all.
 */
const lane = { firstMs: 1_000, longestRefusedMs: 5_000 } as const

/** However long a platform asks for: somebody looks at it within a day. */
const longestPauseMs = 86_400_000

const doubled = (firstMs: number, longestMs: number, times: number, random: number): number =>
  Math.round(Math.min(longestMs, firstMs * 2 ** Math.min(times, 20)) * (1 - random / 4))

export interface Rest {
  /** Nothing is called in this lane for so many ms. */
  readonly laneMs: number
  /** The card alone; null when only the lane waits and the card keeps its place. */
  readonly cardMs: number | null
}

/** How long to leave alone what failed. `random` in [0, 1) takes up to a quarter off, so that not all come back at once. */
export const restAfter = (
  failed: Pick<NotDelivered, 'retryable' | 'retryAfterMs'>,
  /** Failures before this one: of the lane in a row, and of the card. */
  before: { readonly lane: number; readonly card: number },
  gapMs: number,
  random: number,
): Rest => {
  if (failed.retryAfterMs !== null && Number.isFinite(failed.retryAfterMs))
    return { laneMs: Math.max(gapMs, Math.min(failed.retryAfterMs, longestPauseMs)), cardMs: null }
  const { firstMs, longestMs } = failed.retryable ? bounds.retryable : bounds.refused
  const laneLongestMs = failed.retryable ? longestMs : lane.longestRefusedMs
  return {
    laneMs: Math.max(gapMs, doubled(lane.firstMs, laneLongestMs, before.lane, random)),
    cardMs: doubled(firstMs, longestMs, before.card, random),
  }
}
