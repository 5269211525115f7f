import type { Selectable } from 'kysely'
import { dependentsOf } from '../domain/dependents.ts'
import { sutureItself } from '../domain/person.ts'
import { couldApprove } from '../domain/policy/could-approve.ts'
import type { DistressFacts } from '../domain/policy/distress.ts'
import { effectiveMode } from '../domain/policy/effective-mode.ts'
import { nothingKnown, type PolicyFacts, type PolicyMoment } from '../domain/policy/facts.ts'
import { policyPart } from '../domain/policy/policy-part.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { PolicyReasonCode } from '../domain/rejection.ts'
import type { GovernanceTable } from '../storage/configuration.table.ts'
import type { Tx } from '../storage/database.ts'
import { gathering } from '../storage/gathering.ts'
import type { IncidentRow } from '../storage/incident.repository.ts'
import type { App } from './app.ts'
import { digestOf } from './digest.ts'
import { autonomyFacts } from './policy/autonomy-facts.ts'
import { freezesSet } from './policy/calendar-facts.ts'
import { limitFacts } from './policy/limit-facts.ts'
import { maintenanceFacts } from './policy/maintenance-facts.ts'
import { trustFacts } from './policy/trust-facts.ts'

/** Who asks, and what they ask to be let past, for this very run. */
export interface Asking {
  readonly requesterId: string
  readonly overrides: readonly PolicyReasonCode[]
}

export const sutureAsks: Asking = { requesterId: sutureItself, overrides: [] }

/** Gathers what the policy rules look at, the same way at every moment: there is one choke point. */
export const policyFacts = async (
  app: App,
  tx: Tx,
  moment: PolicyMoment,
  incident: IncidentRow,
  proposal: Proposal,
  asking: Asking,
  known?: GovernanceRow,
): Promise<{ facts: PolicyFacts; policyVersion: string }> => {
  const configuration = await app.configuration.of(tx.tenantId)
  const service = configuration.serviceOf(proposal.service)
  const { document } = configuration.policy
  const about = {
    service: proposal.service,
    playbook: proposal.playbook,
    impact: proposal.impact,
    diagnosisCode: proposal.diagnosisCode,
  }
  const timeZone = service?.timeZone ?? 'UTC'
  const part = policyPart(document, about, timeZone, tx.now)
  const requesterId = asking.requesterId === sutureItself ? null : asking.requesterId
  // Sent together.
  const [governance, trust, autonomy, freezes, limits, work] = await Promise.all([
    known ?? governanceOf(tx),
    trustFacts(tx, proposal, requesterId, couldApprove(part.rules, document.groups)),
    autonomyFacts(tx, proposal),
    freezesSet(tx, configuration, about),
    limitFacts(tx, moment, incident.id, proposal, document),
    maintenanceFacts(tx, moment, proposal.service),
  ])
  const { mode, by: modeBy } = effectiveMode(governance.mode, autonomy.settings, proposal)
  const facts: PolicyFacts = {
    ...nothingKnown,
    ...part,
    moment,
    now: tx.now,
    mode: app.observeOnly ? 'observe' : mode,
    modeBy: app.observeOnly ? [] : modeBy,
    emergencyStop: governance.emergency_stop,
    // Nothing fires any more: as good as resolved, even while the row still waits for its run.
    incidentStatus: incident.firing === 0 ? 'resolved' : incident.status,
    service: proposal.service,
    timeZone,
    playbook: proposal.playbook,
    impact: proposal.impact,
    targets: proposal.targets,
    dependents: widest(
      proposal,
      service === undefined ? null : dependentsOf(configuration.catalogue, service.name),
    ),
    irreversible: proposal.plan.some((step) => step.undo === null),
    confidence: Math.max(0, Math.min(1, proposal.likelihood * proposal.odds.score)),
    approverRoles: governance.approver_roles,
    requesterId,
    calendar: {
      ...part.calendar,
      freezes: [...part.calendar.freezes, ...freezes],
      expectedMs: proposal.expectedMs,
    },
    trust: { ...trust, ...part.trust },
    breakGlass: autonomy.breakGlass,
    distress: distressIn(governance),
    ...limits,
    maintenance: work,
    edited: proposal.edited !== undefined,
    overrides: asking.overrides,
  }
  const { emergency_stop, approver_roles } = governance
  return {
    facts,
    policyVersion: digestOf({
      mode,
      emergency_stop,
      approver_roles,
      configuration: configuration.version,
    }).slice(0, 16),
  }
}

/** What was seen when it was proposed, or what the catalogue says now, whichever is more; unknown where either is. */
const widest = ({ dependents }: Proposal, now: readonly string[] | null): number | null =>
  dependents === null || now === null ? null : Math.max(dependents.length, now.length)

const distressIn = ({ distress, distress_at }: GovernanceRow): DistressFacts =>
  distress === null || distress_at === null ? null : { score: distress, at: distress_at }

export type GovernanceRow = Selectable<GovernanceTable>

export const governanceOf = (tx: Tx): Promise<Selectable<GovernanceTable>> => governance(tx, null)

/** Once for all who are committed together. */
const governance = gathering<null, Selectable<GovernanceTable>>(async (tx, all) => {
  const row = await tx.db
    .selectFrom('governance')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow(
      () =>
        new Error(
          `tenant ${tx.tenantId} has no governance row; start Suture once with this tenant to create it`,
        ),
    )
  return all.map(() => row)
})
