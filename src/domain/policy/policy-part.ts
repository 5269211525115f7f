import type { Impact } from '../action.ts'
import { quorumOf } from './approvers.ts'
import type { PolicyDocument } from './document.ts'
import type { PolicyFacts } from './facts.ts'
import { freezeOfPolicy } from './freeze-of-policy.ts'
import { type Matched, matches } from './match.ts'

export interface PolicyPart extends Pick<PolicyFacts, 'quorum' | 'blastLimits' | 'rules'> {
  readonly calendar: Omit<PolicyFacts['calendar'], 'expectedMs'>
  readonly trust: Pick<PolicyFacts['trust'], 'review' | 'deny'>
  readonly limits: Pick<PolicyFacts['limits'], 'mostPerHour'>
}

/** The facts that the policy file alone gives: the same for a run, for a case of `suture policy test`, and for a bench. */
export const policyPart = (
  document: PolicyDocument,
  about: Matched & { readonly impact: Impact },
  timeZone: string,
  now: Temporal.Instant,
): PolicyPart => {
  const matching = <T extends { readonly match: Parameters<typeof matches>[0] }>(all: readonly T[]): T[] =>
    all.filter(({ match }) => matches(match, about))
  return {
    quorum: Object.hasOwn(quorumOf, about.impact) ? document.approval.quorum[about.impact] : 1,
    blastLimits: document.blastRadius,
    trust: { review: document.trust.review, deny: document.trust.deny },
    limits: { mostPerHour: document.limits.proposalsPerHour },
    rules: matching(document.rules),
    calendar: {
      windows: matching(document.windows),
      holidays: matching(document.holidays),
      freezes: matching(document.freezes)
        .map((freeze) => freezeOfPolicy(freeze, timeZone))
        .filter(({ to }) => Temporal.Instant.compare(to, now) > 0),
      overrun: document.overrun,
    },
  }
}
