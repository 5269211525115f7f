import { incidentStatuses } from '../incident.ts'
import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'

/** A remedy is for an incident that is still there; asked at every moment, so that a late click finds out too. */
export const precondition: PolicyRule = (facts) => {
  const known = (incidentStatuses as readonly string[]).includes(facts.incidentStatus)
  if (known && facts.incidentStatus !== 'resolved') return noObjection
  return {
    outcome: 'deny',
    reason: reject(
      'precondition',
      known
        ? `The incident on ${facts.service} has resolved, so ${facts.playbook} is no longer needed.`
        : `The incident's state “${facts.incidentStatus}” is unknown, so nothing can be said for running ${facts.playbook}.`,
      known
        ? 'Nothing to do. Should the alert fire again, Suture looks anew and proposes again.'
        : 'An admin checks that all parts of Suture run the same version.',
      { facts: { incidentStatus: facts.incidentStatus, moment: facts.moment } },
    ),
  }
}
