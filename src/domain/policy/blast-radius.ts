import { reject } from '../rejection.ts'
import { isOpenGlass } from './break-glass.ts'
import type { PolicyFacts } from './facts.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** More dependents than this are never touched automatically, whatever the mode or the policy says. */
export const automaticDependents = 2

/** How many services may feel it. Unknown is not zero: it goes to a human. */
export const blastRadius: PolicyRule = (facts) => {
  const { dependents, blastLimits } = facts
  if (dependents === null || !Number.isInteger(dependents) || dependents < 0) return unknown(facts)
  if (blastLimits.approve !== null && !(dependents <= blastLimits.approve))
    return beyond(facts, dependents, blastLimits.approve)
  const automatic = Math.min(automaticDependents, blastLimits.auto)
  if (dependents <= automatic) return noObjection
  return {
    outcome: 'require_approval',
    reason: reject(
      'blast_radius',
      `${depend(dependents)} on ${facts.service}; above ${automatic} nothing runs by itself.`,
      'Somebody with an approver role weighs it and presses Approve.',
      { facts: { dependents, most: automatic } },
    ),
  }
}

const unknown = (facts: PolicyFacts): Ruling => ({
  outcome: 'require_approval',
  reason: reject(
    'blast_radius',
    `Nobody knows which services depend on ${facts.service}.`,
    'Somebody with an approver role decides; to have it known, add the service and its dependents to the catalogue.',
    { facts: { dependents: null } },
  ),
})

const beyond = (facts: PolicyFacts, dependents: number, most: number): Ruling => {
  const overridden = facts.overrides.includes('blast_radius')
  const asks = overridden || isOpenGlass(facts)
  return {
    outcome: asks ? 'require_approval' : 'deny',
    ...(overridden ? { requiredRoles: ['override'] } : {}),
    reason: reject(
      'blast_radius',
      `${depend(dependents)} on ${facts.service}; the policy lets at most ${most} be touched.`,
      asks
        ? 'Somebody who may let it past presses Approve.'
        : 'Ask for an override, which somebody else with the role override approves, or heal it by hand.',
      { overridable: true, facts: { dependents, most } },
    ),
  }
}

const depend = (dependents: number): string =>
  `${dependents} ${dependents === 1 ? 'service depends' : 'services depend'}`
