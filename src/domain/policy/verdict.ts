import type { Role } from '../person.ts'
import { type Rejection, reject } from '../rejection.ts'

/** What policy says of one proposal at one moment. Rules can only make it stricter. */

export const verdictOutcomes = ['allow', 'require_approval', 'deny'] as const
export type VerdictOutcome = (typeof verdictOutcomes)[number]

export interface Verdict {
  readonly outcome: VerdictOutcome
  /** True when Suture may not ask by itself: a person presses Request first (mode `propose`). */
  readonly needsRequester: boolean
  readonly quorum: number
  readonly approverRoles: readonly Role[]
  /** For each of these at least one of the approvers has it. Whoever has one may vote, too. */
  readonly requiredRoles: readonly Role[]
  /** Groups of the policy: for each of them at least one of the approvers is in it. */
  readonly requiredGroups: readonly string[]
  /** Why it is not simply `allow`, most important first. Each rule speaks at most once. */
  readonly reasons: readonly Rejection[]
}

/** What one rule says. Absent fields leave the verdict as it is; quorum only rises; roles only shrink. */
export interface Ruling {
  readonly outcome: VerdictOutcome
  readonly needsRequester?: boolean
  readonly quorum?: number
  readonly approverRoles?: readonly Role[]
  /** Only ever added. */
  readonly requiredRoles?: readonly Role[]
  readonly requiredGroups?: readonly string[]
  readonly reason?: Rejection
}

/** Why it is refused, the most important reason alone; null where it is not. A verdict that refuses without saying why still refuses. */
export const denialOf = ({ outcome, reasons }: Pick<Verdict, 'outcome' | 'reasons'>): Rejection | null =>
  outcome === 'deny' ? (reasons[0] ?? reject('mode', 'Policy refuses this now.', 'Ask an admin.')) : null

export const strictest = (one: VerdictOutcome, other: VerdictOutcome): VerdictOutcome =>
  verdictOutcomes.indexOf(one) >= verdictOutcomes.indexOf(other) ? one : other
