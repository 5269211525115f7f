import type { Impact } from '../action.ts'
import { type Role, roles } from '../person.ts'
import { reject } from '../rejection.ts'
import type { PolicyRule } from './rule.ts'

/** How many different people must approve at least; a policy may ask for more. What can hurt the most takes two pairs of eyes. */
export const quorumOf = { low: 1, medium: 1, high: 1, critical: 2 } as const satisfies Record<Impact, number>

/** Who may approve and how many it takes. Default deny: with nobody named, nobody may, in no mode. */
export const approvers: PolicyRule = (facts) => {
  const named = knownRoles(facts.approverRoles)
  const quorum = Object.hasOwn(quorumOf, facts.impact) ? Math.max(quorumOf[facts.impact], facts.quorum) : null
  if (named.length === 0)
    return {
      outcome: 'deny',
      quorum: quorum ?? 1,
      approverRoles: [],
      reason: reject(
        'quorum',
        `Nobody is named who may approve ${facts.playbook} on ${facts.service}: the approver list is empty.`,
        'An admin adds an approver role to the policy.',
        { facts: { approverRoles: 0 } },
      ),
    }
  if (quorum === null)
    return {
      outcome: 'deny',
      approverRoles: named,
      reason: reject(
        'quorum',
        `The impact “${String(facts.impact)}” of ${facts.playbook} is unknown, so nobody can say how many must approve.`,
        'Set the impact of the playbook to low, medium, high or critical.',
        { facts: { impact: String(facts.impact) } },
      ),
    }
  if (quorum === 1) return { outcome: 'allow', quorum, approverRoles: named }
  return {
    outcome: 'require_approval',
    quorum,
    approverRoles: named,
    reason: reject(
      'quorum',
      `The impact of ${facts.playbook} is ${facts.impact}: ${quorum} different people must approve.`,
      `${quorum} people with the role ${named.join(' or ')} press Approve.`,
      { facts: { impact: facts.impact, quorum } },
    ),
  }
}

const knownRoles = (named: readonly Role[]): Role[] => roles.filter((role) => named.includes(role))
