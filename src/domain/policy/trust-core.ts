import { reject } from '../rejection.ts'
import { isOpenGlass } from './break-glass.ts'
import type { PolicyFacts } from './facts.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import { type Risk, riskOf } from './trust.ts'
import type { Ruling } from './verdict.ts'

/** How many different people approve what is above the upper threshold. */
export const riskyQuorum = 2

/** What is risky is looked at; what is very risky only a person may ask for, and two approve it. */
export const trustCore: PolicyRule = (facts) => {
  const risk = riskOf(facts)
  const { review, deny } = facts.trust
  if (!(risk.risk <= deny)) return tooRisky(facts, risk)
  if (risk.risk <= review) return noObjection
  return {
    outcome: 'require_approval',
    reason: reject(
      'trust_core',
      sentence(facts, risk, review),
      'Somebody with an approver role weighs it and presses Approve.',
      saw(risk, review),
    ),
  }
}

const tooRisky = (facts: PolicyFacts, risk: Risk): Ruling => {
  const { deny } = facts.trust
  const asks = facts.requesterId === null && !isOpenGlass(facts)
  // A proposal is not asked for yet: a person may. What Suture asked for before the risk rose does not stand any more.
  const overridden = facts.overrides.includes('trust_core')
  const refused = asks && facts.moment !== 'propose' && !overridden
  return {
    outcome: refused ? 'deny' : 'require_approval',
    ...(asks ? { needsRequester: true } : {}),
    ...(overridden ? { requiredRoles: ['override'] } : {}),
    quorum: riskyQuorum,
    reason: reject(
      'trust_core',
      `${sentence(facts, risk, deny)}${asks ? ' Suture requests nothing that risky by itself.' : ''}`,
      refused
        ? 'Cancel what Suture asked for; then a responder presses Request, and two others approve.'
        : asks
          ? 'A responder presses Request, then two others with an approver role press Approve.'
          : 'Two people with an approver role weigh it and press Approve.',
      saw(risk, deny),
    ),
  }
}

/** `The risk of restart on checkout is 0.26 impact high + 0.15 cannot be undone = 0.41, above 0.40.` */
const sentence = ({ playbook, service }: PolicyFacts, { risk, parts }: Risk, threshold: number): string =>
  `The risk of ${playbook} on ${service} is ${parts.map(({ points, words }) => `${inWords(points / 100)} ${words}`).join(' + ')} = ${inWords(risk)}, above ${inWords(threshold)}.`

const saw = ({ risk, parts }: Risk, threshold: number) => ({
  facts: {
    risk,
    threshold: Number.isFinite(threshold) ? threshold : null,
    ...Object.fromEntries(parts.map(({ part, points }) => [part, points / 100])),
  },
})

const inWords = (share: number): string => (Number.isFinite(share) ? share.toFixed(2) : 'an unknown limit')
