import { refuseRevoke } from '../../domain/approval.ts'
import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { moveIncident } from '../../storage/incident.repository.ts'
import { moveRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { standingNow } from '../identity/standing-now.ts'
import { disabledRefusal } from '../identity/still-enabled.ts'
import { closeIfOver } from '../run/close-if-over.ts'
import { finishRun } from '../run/finish-run.ts'
import { stopAtGate } from '../run/stop-at-gate.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal, showProposalsOfIncident } from '../show/proposal.ts'
import { asDomain, type Found, lockRequest } from './lock-request.ts'

export interface Revoked {
  readonly runId: string
  /** `pending`: it waits for approvals as before. `canceled`: it was queued and will not run; it can be requested again. */
  readonly status: 'pending' | 'canceled'
}

/**
 * Somebody takes back their own approval, as long as the run has not begun. Whoever claims the run takes the same locks in the
 * same order: either it has begun and this is refused, or its permit is gone and nothing begins.
 */
export const revokeApproval = (
  app: App,
  caller: Caller,
  requestId: string,
  reason: string,
): Promise<Revoked | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const [found, standing] = await Promise.all([
      lockRequest(app, tx, requestId),
      standingNow(app, tx, caller.person.id),
    ])
    if (found === null)
      return reject(
        'not_found',
        `There is no approval request ${requestId}.`,
        'Open the incident to see what was approved.',
      )
    const { request, run, incident, votes, proposal } = found
    const about = {
      actor: caller.person.id,
      subject: request.id,
      incidentId: incident.id,
      command: 'revoke',
    }
    // Whoever has lost their role meanwhile may take back all the same: it makes nothing run.
    if (standing === undefined || standing.disabled)
      return refused(out, about, disabledRefusal(caller.person))
    const refusal = refuseRevoke(
      asDomain(request),
      run,
      caller.person,
      votes.map((vote) => ({ personId: vote.person_id, decision: vote.decision })),
    )
    if (refusal !== null) return refused(out, about, refusal)
    out.audit(
      {
        event: 'approval_revoked',
        actor: caller.person.id,
        subject: request.id,
        details: { run: run.id, status: run.status, via: caller.via, reason },
      },
      incident.id,
    )
    out.changed('approval', request.id)
    if (request.status === 'pending') {
      await takeVoteBack(tx, request.id, caller.person.id)
      await showProposal(app, tx, out, proposal.id)
      return { runId: run.id, status: 'pending' }
    }
    await undoGrant(app, tx, out, found, caller, reason)
    return { runId: run.id, status: 'canceled' }
  })

/** The audit log keeps that it was cast; the row goes, so that the same person may vote again. */
const takeVoteBack = (tx: Tx, requestId: string, personId: string) =>
  tx.db
    .deleteFrom('approval_decision')
    .where('tenant_id', '=', tx.tenantId)
    .where('request_id', '=', requestId)
    .where('person_id', '=', personId)
    .execute()

const undoGrant = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { run, incident, proposal }: Found,
  { person }: Caller,
  reason: string,
): Promise<void> => {
  await tx.db
    .updateTable('permit')
    .set({ status: 'revoked' })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'issued')
    .execute()
  const canceled = await moveRun(tx, run, 'canceled', {
    cause: 'revoked',
    reason: `${person.name} took the approval back${reason.trim() === '' ? '' : `: ${reason}`}`,
    finished_at: tx.now,
  })
  await finishRun(app, tx, out, canceled, { recovery: 'not_measured', proposal })
  const over = await closeIfOver(app, tx, out, incident, canceled)
  if (!over && !(await stopAtGate(app, tx, out, incident, canceled)) && incident.status === 'healing')
    await showIncidents(app, tx, out, [await moveIncident(tx, incident, 'proposed')])
  await showProposalsOfIncident(app, tx, out, run.incident_id)
}
