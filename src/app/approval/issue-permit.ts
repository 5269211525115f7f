import type { PolicyReasonCode } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { ProposalRow, RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'

/** The permit and the place in the queue come in one commit: there is no approved run that nobody rings for. */
export const issuePermit = async (
  app: App,
  tx: Tx,
  out: Outbound,
  given: {
    run: RunRow
    proposal: ProposalRow
    approverIds: readonly string[]
    policyVersion: string
    overrides: readonly PolicyReasonCode[]
  },
): Promise<void> => {
  const { run, proposal, approverIds, policyVersion, overrides } = given
  const expiresAt = tx.now.add({ milliseconds: app.limits.permitTtlMs })
  const id = app.ids.uuid()
  await tx.db
    .insertInto('permit')
    .values({
      tenant_id: tx.tenantId,
      id,
      run_id: run.id,
      stage: run.stage,
      status: 'issued',
      proposal_digest: proposal.digest,
      playbook_digest: proposal.playbook_digest,
      parameters_digest: proposal.parameters_digest,
      targets: [...proposal.body.targets],
      approver_ids: [...approverIds],
      policy_version: policyVersion,
      overrides: [...overrides],
      issued_at: tx.now,
      expires_at: expiresAt,
    })
    .execute()
  out.audit(
    {
      event: 'permit_issued',
      actor: 'person_suture',
      subject: run.id,
      details: {
        permit: id,
        ...(run.stage === 0 ? {} : { stage: run.stage + 1 }),
        proposal_digest: proposal.digest,
        playbook_digest: proposal.playbook_digest,
        parameters_digest: proposal.parameters_digest,
        targets: [...proposal.body.targets],
        approvers: [...approverIds],
        policy_version: policyVersion,
        ...(overrides.length === 0 ? {} : { overrides: [...overrides] }),
        expires_at: expiresAt.toString(),
      },
    },
    run.incident_id,
  )
  out.audit(
    { event: 'run_queued', actor: 'person_suture', subject: run.id, details: { proposal: proposal.id } },
    run.incident_id,
  )
  out.effect({ kind: 'run', key: run.id })
}
