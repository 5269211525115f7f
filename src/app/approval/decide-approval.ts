import {
  type ApprovalDecided,
  type ApprovalRequest,
  decideApproval as decide,
  mayMoveApproval,
} from '../../domain/approval.ts'
import type { Caller } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import {
  type ApprovalRequestRow,
  findProposal,
  lockRun,
  moveRun,
  type ProposalRow,
  type RunRow,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { policyFacts } from '../policy-facts.ts'
import { finishRun } from '../run/finish-run.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal, showProposalsOfIncident } from '../show/proposal.ts'
import { issuePermit } from './issue-permit.ts'

export interface Decision {
  readonly requestId: string
  readonly decision: 'approve' | 'reject'
  /** Required to reject: whoever asked wants to know why. */
  readonly reason: string
}

/**
 * One vote. The request row is locked, everything is checked against what is true NOW (the policy too), and the status
 * moves by compare-and-set: of fifty clicks one decides, and each of the others is told so.
 */
export const decideApproval = (
  app: App,
  caller: Caller,
  decision: Decision,
): Promise<ApprovalDecided | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const found = await lockRequest(tx, decision.requestId)
    if (found === null)
      return reject(
        'not_found',
        `There is no approval request ${decision.requestId}.`,
        'Open the incident to see what waits.',
      )
    const { request, incident, run, proposal } = found
    const about = {
      actor: caller.person.id,
      subject: request.id,
      incidentId: incident.id,
      command: decision.decision,
    }
    if (decision.decision === 'reject' && decision.reason.trim() === '')
      return reject(
        'invalid',
        'A rejection needs a reason.',
        'Say in a few words why, so that the requester can do better.',
      )
    const votes = await votesOf(tx, request.id)
    const { facts, policyVersion } = await policyFacts(app, tx, 'decide', incident, proposal.body)
    const verdict = evaluatePolicy(facts)
    const asked = stillMayApprove(asDomain(request), verdict)
    const decided = decide(asked, caller.person, decision.decision, { now: tx.now, votes })
    if (isRejection(decided)) return refused(out, about, decided)
    if (decision.decision === 'approve' && verdict.outcome === 'deny')
      return refused(
        out,
        about,
        verdict.reasons[0] ?? reject('mode', 'Policy refuses this now.', 'Ask an admin.'),
      )
    // The quorum asked for when it was requested stands, unless the policy has become stricter since.
    const quorum = Math.max(request.quorum, verdict.quorum)
    const status = decided.status === 'approved' && decided.approvals < quorum ? 'pending' : decided.status
    await recordVote(tx, out, caller, { request, incident }, decision, decided.approvals)
    if (status !== 'pending') await closeRequest(tx, request, status, decision.reason)
    if (status === 'approved')
      await grant(app, tx, out, { ...found, policyVersion, approverIds: approversOf(votes, caller) })
    if (status === 'rejected') await turnDown(app, tx, out, found, caller, decision.reason)
    if (status !== 'pending') out.settle('expire_approval', request.id)
    await showProposal(app, tx, out, proposal.id)
    out.changed('approval', request.id)
    out.changed('run', run.id)
    return { ...decided, status }
  })

interface Found {
  readonly request: ApprovalRequestRow
  readonly incident: IncidentRow
  readonly run: RunRow
  readonly proposal: ProposalRow
}

/** Locks incident, run and request: everybody locks in this order, so nobody waits in a circle. */
const lockRequest = async (tx: Tx, id: string): Promise<Found | null> => {
  const seen = await tx.db
    .selectFrom('approval_request')
    .select(['incident_id', 'run_id', 'proposal_id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (seen === undefined) return null
  const incident = await lockIncident(tx, seen.incident_id)
  const run = await lockRun(tx, seen.run_id)
  const request = await tx.db
    .selectFrom('approval_request')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  const proposal = await findProposal(tx, seen.proposal_id)
  if (incident === undefined || request === undefined || run === undefined || proposal === undefined)
    throw new Error(`approval request ${id} points at an incident, run or proposal that is not there`)
  return { request, incident, run, proposal }
}

const asDomain = (row: ApprovalRequestRow): ApprovalRequest => ({
  id: row.id,
  proposalId: row.proposal_id,
  requesterId: row.requester_id,
  status: row.status,
  quorum: row.quorum,
  approverRoles: row.approver_roles,
  expiresAt: row.expires_at,
  version: row.version,
})

/** The roles that were asked, less those that policy no longer lets approve. */
const stillMayApprove = (request: ApprovalRequest, verdict: Verdict): ApprovalRequest => ({
  ...request,
  approverRoles: request.approverRoles.filter((role) => verdict.approverRoles.includes(role)),
})

interface CountedVote {
  readonly personId: string
  readonly decision: 'approve' | 'reject'
}

const votesOf = async (tx: Tx, requestId: string): Promise<CountedVote[]> =>
  (
    await tx.db
      .selectFrom('approval_decision')
      .select(['person_id', 'decision'])
      .where('tenant_id', '=', tx.tenantId)
      .where('request_id', '=', requestId)
      .execute()
  ).map((row) => ({ personId: row.person_id, decision: row.decision }))

const approversOf = (votes: readonly CountedVote[], caller: Caller): string[] =>
  [
    ...votes.filter((vote) => vote.decision === 'approve').map((vote) => vote.personId),
    caller.person.id,
  ].sort()

const recordVote = async (
  tx: Tx,
  out: Outbound,
  caller: Caller,
  { request, incident }: { request: ApprovalRequestRow; incident: IncidentRow },
  decision: Decision,
  approvals: number,
): Promise<void> => {
  await tx.db
    .insertInto('approval_decision')
    .values({
      tenant_id: tx.tenantId,
      request_id: request.id,
      person_id: caller.person.id,
      decision: decision.decision,
      via: caller.via,
      reason: decision.reason,
      decided_at: tx.now,
    })
    .execute()
  out.audit(
    {
      event: 'approval_vote',
      actor: caller.person.id,
      subject: request.id,
      details: {
        decision: decision.decision,
        via: caller.via,
        reason: decision.reason,
        approvals,
        quorum: request.quorum,
        policy_checked: true,
        after_ms: tx.now.epochMilliseconds - request.created_at.epochMilliseconds,
      },
    },
    incident.id,
  )
}

const closeRequest = async (
  tx: Tx,
  request: ApprovalRequestRow,
  status: 'approved' | 'rejected' | 'expired' | 'canceled',
  reason: string,
): Promise<void> => {
  if (!mayMoveApproval(request.status, status))
    throw new Error(`${request.id} cannot go from ${request.status} to ${status}`)
  await tx.db
    .updateTable('approval_request')
    .set({ status, reason, decided_at: tx.now, version: request.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', request.id)
    .where('status', '=', 'pending')
    .where('version', '=', request.version)
    .returning('id')
    .executeTakeFirstOrThrow(
      () => new Error(`${request.id} was decided by somebody else in spite of its lock`),
    )
}

const grant = async (
  app: App,
  tx: Tx,
  out: Outbound,
  given: Found & { policyVersion: string; approverIds: string[] },
): Promise<void> => {
  const { request, run, proposal, incident, approverIds, policyVersion } = given
  out.audit(
    {
      event: 'approval_granted',
      actor: 'person_suture',
      subject: request.id,
      details: { run: run.id, approvers: approverIds },
    },
    incident.id,
  )
  const queued = await moveRun(tx, run, 'queued', { queued_at: tx.now })
  await issuePermit(app, tx, out, { run: queued, proposal, approverIds, policyVersion })
  await showIncidents(app, tx, out, [await moveIncident(tx, incident, 'healing')])
}

const turnDown = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { request, run, incident }: Found,
  caller: Caller,
  reason: string,
): Promise<void> => {
  out.audit(
    {
      event: 'approval_rejected',
      actor: caller.person.id,
      subject: request.id,
      details: { run: run.id, reason },
    },
    incident.id,
  )
  const canceled = await moveRun(tx, run, 'canceled', {
    cause: 'rejected',
    reason: `rejected by ${caller.person.name}: ${reason}`,
    finished_at: tx.now,
  })
  await finishRun(app, tx, out, canceled, { recovery: 'not_measured' })
  await showProposalsOfIncident(app, tx, out, incident.id)
}
