import { tightenAbove } from '../learning/focus.ts'
import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** How bad it stood when it was looked at last; null where nobody has looked yet. */
export type DistressFacts = { readonly score: number; readonly at: Temporal.Instant } | null

/** It is looked at every half minute. What is older than this is not known any more. */
export const staleAfterMinutes = 10

/** While a lot is broken at once nothing runs by itself: what is wrong may be somewhere else than where it hurts. */
export const distress: PolicyRule = ({ mode, now, distress: known }) => {
  if (mode !== 'auto' || known === null) return noObjection
  // What a clock that ran ahead has measured says no more of now than what is as long ago.
  if (Math.abs(now.since(known.at).total('minutes')) > staleAfterMinutes)
    return asks(
      known,
      `How bad it stands was measured at ${known.at.toString()} and not since: nothing runs by itself before it is known again.`,
    )
  if (known.score <= tightenAbove) return noObjection
  return asks(
    known,
    `Distress is ${known.score} of 100, above ${tightenAbove}: while so much is broken nothing runs by itself.`,
  )
}

const asks = ({ score, at }: Exclude<DistressFacts, null>, detail: string): Ruling => ({
  outcome: 'require_approval',
  reason: reject('mode', detail, 'Somebody with an approver role presses Approve.', {
    facts: { distress: score, measured: at.toString() } satisfies Record<string, string | number>,
  }),
})
