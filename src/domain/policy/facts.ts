import type { Impact } from '../action.ts'
import type { IncidentStatus } from '../incident.ts'
import type { Role } from '../person.ts'
import type { PolicyReasonCode } from '../rejection.ts'
import { type BreakGlassFacts, noBreakGlass } from './break-glass.ts'
import { type CalendarFacts, noCalendar } from './calendar.ts'
import type { DataRule } from './data-rule.ts'
import type { DistressFacts } from './distress.ts'
import type { DuplicateFacts } from './duplicate.ts'
import type { ModeSetting } from './effective-mode.ts'
import type { MaintenanceFacts } from './maintenance.ts'
import type { Mode } from './modes.ts'
import { noLimits, type ProposalLimitFacts } from './proposal-limit.ts'
import { noTrust, type TrustFacts } from './trust.ts'

export { type Mode, modes } from './modes.ts'

/** When a policy is being asked: the same rules at every point, with what is known there. */
export const policyMoments = ['propose', 'request', 'decide', 'run'] as const
export type PolicyMoment = (typeof policyMoments)[number]

/** Everything the rules may look at. Gathered at the edge; the rules themselves are pure. */
export interface PolicyFacts {
  readonly moment: PolicyMoment
  readonly now: Temporal.Instant
  readonly mode: Mode
  /** What sets it for this service or playbook; none where it is the tenant's. */
  readonly modeBy: readonly ModeSetting[]
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
  /** How many different people must approve, by the policy, for this impact. */
  readonly quorum: number
  /** Null for Suture itself, which asks before any person does. */
  readonly requesterId: string | null
  readonly calendar: CalendarFacts
  readonly trust: TrustFacts
  /** Above so many dependents: a person in mode auto, and refused in every mode (null: no such limit). */
  readonly blastLimits: { readonly auto: number; readonly approve: number | null }
  readonly limits: ProposalLimitFacts
  readonly duplicate: DuplicateFacts
  readonly maintenance: MaintenanceFacts
  readonly breakGlass: BreakGlassFacts
  readonly distress: DistressFacts
  /** Rules of the policy file that match, in its order. */
  readonly rules: readonly DataRule[]
  /** Somebody gave it other values than Suture proposed: odds are kept by playbook and diagnosis, so theirs are of other values. */
  readonly edited: boolean
  /** Layers that a person asks to be let past for this very run, or was: the verdict then wants the role override. */
  readonly overrides: readonly PolicyReasonCode[]
}

/** What holds where nothing of the kind is known: each of these has no objection. */
export const nothingKnown = {
  quorum: 1,
  modeBy: [],
  requesterId: null,
  calendar: noCalendar,
  trust: noTrust,
  blastLimits: { auto: 2, approve: null },
  limits: noLimits,
  duplicate: null,
  maintenance: null,
  breakGlass: noBreakGlass,
  distress: null,
  rules: [],
  edited: false,
  overrides: [],
} as const satisfies Partial<PolicyFacts>
