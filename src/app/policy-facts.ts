import type { PolicyFacts, PolicyMoment } from '../domain/policy/facts.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { Tx } from '../storage/database.ts'
import type { IncidentRow } from '../storage/incident.repository.ts'
import type { App } from './app.ts'
import { digestOf } from './digest.ts'

/** Gathers what the policy rules look at, the same way at every moment: there is one choke point. */
export const policyFacts = async (
  app: App,
  tx: Tx,
  moment: PolicyMoment,
  incident: IncidentRow,
  proposal: Proposal,
): Promise<{ facts: PolicyFacts; policyVersion: string }> => {
  const governance = await governanceOf(tx)
  const configuration = await app.configuration.of(tx.tenantId)
  const service = configuration.serviceOf(proposal.service)
  const facts: PolicyFacts = {
    moment,
    now: tx.now,
    mode: app.observeOnly ? 'observe' : governance.mode,
    emergencyStop: governance.emergency_stop,
    // Nothing fires any more: as good as resolved, even while the row still waits for its run.
    incidentStatus: incident.firing === 0 ? 'resolved' : incident.status,
    service: proposal.service,
    timeZone: service?.timeZone ?? 'UTC',
    playbook: proposal.playbook,
    impact: proposal.impact,
    targets: proposal.targets,
    dependents: proposal.dependents?.length ?? null,
    irreversible: proposal.plan.some((step) => step.undo === null),
    confidence: Math.max(0, Math.min(1, proposal.likelihood * proposal.odds.score)),
    approverRoles: governance.approver_roles,
  }
  const { mode, emergency_stop, approver_roles } = governance
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

export const governanceOf = (tx: Tx) =>
  tx.db
    .selectFrom('governance')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow(
      () =>
        new Error(
          `tenant ${tx.tenantId} has no governance row; start Suture once with this tenant to create it`,
        ),
    )
