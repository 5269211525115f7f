import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'

/** More dependents than this are never touched automatically, whatever the mode. */
export const automaticDependents = 2

/** How many services may feel it. Unknown is not zero: it goes to a human. */
export const blastRadius: PolicyRule = (facts) => {
  const { dependents } = facts
  const known = dependents !== null && Number.isInteger(dependents) && dependents >= 0
  if (known && dependents <= automaticDependents) return noObjection
  return {
    outcome: 'require_approval',
    reason: reject(
      'blast_radius',
      known
        ? `${dependents} services depend on ${facts.service}; above ${automaticDependents} nothing runs by itself.`
        : `Nobody knows which services depend on ${facts.service}.`,
      known
        ? 'Somebody with an approver role weighs it and presses Approve.'
        : 'Somebody with an approver role decides; to have it known, add the service and its dependents to the catalogue.',
      { facts: { dependents: known ? dependents : null } },
    ),
  }
}
