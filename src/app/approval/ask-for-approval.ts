import { sutureItself } from '../../domain/person.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import type { PolicyReasonCode } from '../../domain/rejection.ts'
import { gateBefore } from '../../domain/stages.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { ProposalRow, RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { remindLater } from './remind-later.ts'

export interface OpenRun {
  readonly incident: IncidentRow
  readonly proposal: ProposalRow
  readonly verdict: Verdict
  readonly policyVersion: string
  readonly requester: { readonly id: string }
  readonly override?: { readonly layers: readonly PolicyReasonCode[]; readonly reason: string }
}

/** The request that waits for people, with its own end, for a run that stands as `pending_approval`. Returns its id. */
export const askForApproval = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { proposal, verdict, policyVersion, requester, incident, override }: OpenRun,
  run: RunRow,
): Promise<string> => {
  const expiresAt = tx.now.add({ milliseconds: app.limits.approvalTtlMs })
  const request = await tx.db
    .insertInto('approval_request')
    .values({
      tenant_id: tx.tenantId,
      proposal_id: proposal.id,
      run_id: run.id,
      incident_id: incident.id,
      requester_id: requester.id,
      status: 'pending',
      quorum: verdict.quorum,
      approver_roles: [...verdict.approverRoles],
      required_roles: [...verdict.requiredRoles],
      required_groups: [...verdict.requiredGroups],
      overrides: [...(override?.layers ?? [])],
      override_reason: override?.reason ?? '',
      policy_version: policyVersion,
      expires_at: expiresAt,
      created_at: tx.now,
    })
    .returning(['id', 'created_at', 'expires_at', 'reminders', 'handed_over_at'])
    .executeTakeFirstOrThrow()
  out.effect({ kind: 'expire_approval', key: request.id, dueAt: expiresAt })
  await remindLater(app, tx, out, request, proposal.body)
  out.audit(
    {
      event: 'approval_requested',
      actor: requester.id,
      subject: request.id,
      details: {
        run: run.id,
        proposal: proposal.id,
        proposal_digest: proposal.digest,
        playbook: proposal.playbook,
        quorum: verdict.quorum,
        approver_roles: [...verdict.approverRoles],
        required_roles: [...verdict.requiredRoles],
        required_groups: [...verdict.requiredGroups],
        expires_at: expiresAt.toString(),
        by_suture: requester.id === sutureItself,
        ...gateOf(run, proposal),
      },
    },
    incident.id,
  )
  if (override !== undefined)
    out.audit(
      {
        event: 'override_requested',
        actor: requester.id,
        subject: request.id,
        details: {
          run: run.id,
          proposal: proposal.id,
          layers: [...override.layers],
          reason: override.reason,
        },
      },
      incident.id,
    )
  out.changed('approval', request.id)
  return request.id
}

/** What the log says besides of a request at a gate. */
const gateOf = ({ stage, follows }: RunRow, { body }: ProposalRow) =>
  follows === null ? {} : { stage: stage + 1, follows, gate: gateBefore(body.plan, stage)?.title ?? '' }
