import type { Impact } from '../action.ts'
import type { IncidentStatus } from '../incident.ts'
import type { Role } from '../person.ts'

export const modes = ['observe', 'propose', 'approve', 'auto'] as const
export type Mode = (typeof modes)[number]

/** When a policy is being asked: the same rules at every point, with what is known there. */
export const policyMoments = ['propose', 'request', 'decide', 'run'] as const
export type PolicyMoment = (typeof policyMoments)[number]

/** Everything the rules may look at. Gathered at the edge; the rules themselves are pure. */
export interface PolicyFacts {
  readonly moment: PolicyMoment
  readonly now: Temporal.Instant
  readonly mode: Mode
  readonly emergencyStop: boolean
  readonly incidentStatus: IncidentStatus
  readonly service: string
  readonly timeZone: string
  readonly playbook: string
  readonly impact: Impact
  readonly targets: readonly string[]
  /** Transitive dependents, or null when the catalogue doesn't know the service. */
  readonly dependents: number | null
  readonly irreversible: boolean
  /** Likelihood of the diagnosis times the odds' score, 0 to 1. */
  readonly confidence: number
  readonly approverRoles: readonly Role[]
}
