import { type ApprovalDecided, decideApproval as decide, mayMoveApproval } from '../../domain/approval.ts'
import type { Caller } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { passedByGlass } from '../../domain/policy/passed-by-glass.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { type Asked, groupsOf, tightened } from '../../domain/quorum.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { isRushed } from '../../domain/rubber-stamp.ts'
import { refuseOutdated } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import { delegationsAround } from '../../storage/delegation.repository.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { type ApprovalRequestRow, moveRun, type VoteRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { standingNow, steadsNow } from '../identity/standing-now.ts'
import { disabledRefusal } from '../identity/still-enabled.ts'
import { keepVerdict } from '../policy/keep-verdict.ts'
import { policyFacts } from '../policy-facts.ts'
import { finishRun } from '../run/finish-run.ts'
import { stopAtGate } from '../run/stop-at-gate.ts'
import { showProposal, showProposalsOfIncident } from '../show/proposal.ts'
import { countedVotes } from './counted-votes.ts'
import { grantRequest } from './grant-request.ts'
import { asDomain, type Found, lockRequest } from './lock-request.ts'

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
  commit(app, caller.tenantId, deciding(app, caller, decision), { eager: true, keyed: true })

const deciding =
  (app: App, caller: Caller, decision: Decision) =>
  async (tx: Tx, out: Outbound): Promise<ApprovalDecided | Rejection> => {
    const [found, voter] = await Promise.all([
      lockRequest(app, tx, decision.requestId),
      standingNow(app, tx, caller.person.id),
    ])
    if (found === null)
      return reject(
        'not_found',
        `There is no approval request ${decision.requestId}.`,
        'Open the incident to see what waits.',
      )
    const { request, incident, run, proposal, votes } = found
    const about = {
      actor: caller.person.id,
      subject: request.id,
      incidentId: incident.id,
      command: decision.decision,
    }
    if (voter === undefined || voter.disabled) return refused(out, about, disabledRefusal(caller.person))
    const asking = { requesterId: request.requester_id, overrides: request.overrides }
    const [{ facts, policyVersion }, delegations, away] = await Promise.all([
      policyFacts(app, tx, 'decide', incident, proposal.body, asking, found.governance),
      delegationsAround(tx, caller.person.id, request.id),
      steadsNow(app, tx, caller.person.id),
    ])
    const verdict = evaluatePolicy(facts)
    const configuration = await app.configuration.of(tx.tenantId)
    // What was asked for when it was requested stands; policy may have become stricter since.
    const asked = tightened(asDomain(request), verdict)
    const { groups } = configuration.policy.document
    const decided = decide(asked, voter.person, decision.decision, {
      now: tx.now,
      votes: countedVotes(votes, found.voters, configuration),
      groups: groupsOf(groups, caller.person.id),
      delegations: delegations.map((row) => ({ personId: row.person_id, delegateId: row.delegate_id })),
      steads: away.map(({ person }) => ({
        personId: person.id,
        name: person.name,
        roles: person.roles,
        groups: groupsOf(groups, person.id),
      })),
    })
    if (isRejection(decided)) {
      const outdated =
        decided.code === 'forbidden'
          ? refuseOutdated(
              voter,
              [...asked.approverRoles, ...asked.requiredRoles],
              app.limits.groupRolesMaxAgeMs,
            )
          : null
      return refused(out, about, outdated ?? decided)
    }
    // After that: nobody should have to find a reason for what is decided, or not theirs to decide.
    if (decision.decision === 'reject' && decision.reason.trim() === '')
      return reject(
        'invalid',
        'A rejection needs a reason.',
        'Say in a few words why, so that the requester can do better.',
      )
    keepVerdict(tx, out, { proposalId: proposal.id, runId: run.id }, { facts, policyVersion, verdict })
    const denial = decision.decision === 'approve' ? denialOf(verdict) : null
    if (denial !== null) return refused(out, about, denial)
    const { status } = decided
    const casting = Promise.all([
      recordVote(app, tx, out, caller, { request, incident }, decision, decided, asked.quorum),
      status === 'pending'
        ? tightenRequest(tx, request, asked)
        : closeRequest(tx, request, status, decision.reason),
    ])
    if (status === 'approved')
      await grantRequest(app, tx, out, {
        ...found,
        casting,
        policyVersion,
        passed: { layers: passedByGlass(facts), glass: facts.breakGlass.active?.id ?? null },
        approverIds: approversOf(votes, caller),
        steadId: decided.vote.forPersonId ?? null,
      })
    else {
      await casting
      if (status === 'rejected') await turnDown(app, tx, out, found, caller, decision.reason)
      await showProposal(app, tx, out, proposal.id)
    }
    if (status !== 'pending') {
      out.settle('expire_approval', request.id)
      out.settle('remind_approval', request.id)
    }
    out.changed('approval', request.id)
    out.changed('run', run.id)
    return decided
  }

const approversOf = (votes: readonly VoteRow[], caller: Caller): string[] =>
  [
    ...votes.filter((vote) => vote.decision === 'approve').map((vote) => vote.person_id),
    caller.person.id,
  ].sort()

const recordVote = async (
  app: App,
  tx: Tx,
  out: Outbound,
  caller: Caller,
  { request, incident }: { request: ApprovalRequestRow; incident: IncidentRow },
  decision: Decision,
  { approvals, vote: { forPersonId = null } }: ApprovalDecided,
  quorum: number,
): Promise<VoteRow> => {
  const rushed =
    decision.decision === 'approve' && isRushed(request.created_at, tx.now, app.limits.rushedUnderMs)
  const afterMs = tx.now.epochMilliseconds - request.created_at.epochMilliseconds
  const vote = tx.db
    .insertInto('approval_decision')
    .values({
      tenant_id: tx.tenantId,
      request_id: request.id,
      person_id: caller.person.id,
      for_person_id: forPersonId,
      decision: decision.decision,
      via: caller.via,
      reason: decision.reason,
      decided_at: tx.now,
      requester_id: request.requester_id,
      rushed,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
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
        quorum,
        policy_checked: true,
        ...(forPersonId === null ? {} : { in_stead_of: forPersonId }),
        after_ms: afterMs,
      },
    },
    incident.id,
  )
  if (rushed)
    out.audit(
      {
        event: 'approval_rushed',
        actor: caller.person.id,
        subject: request.id,
        details: { after_ms: afterMs, under_ms: app.limits.rushedUnderMs, via: caller.via },
      },
      incident.id,
    )
  return vote
}

/** What policy asks for besides by now is asked for from here on, so that the card says whom it waits for. */
const tightenRequest = async (
  tx: Tx,
  request: ApprovalRequestRow,
  { quorum, requiredRoles, requiredGroups }: Asked,
): Promise<ApprovalRequestRow> =>
  quorum === request.quorum &&
  requiredRoles.length === request.required_roles.length &&
  requiredGroups.length === request.required_groups.length
    ? request
    : tx.db
        .updateTable('approval_request')
        .set({ quorum, required_roles: [...requiredRoles], required_groups: [...requiredGroups] })
        .where('tenant_id', '=', tx.tenantId)
        .where('id', '=', request.id)
        .returningAll()
        .executeTakeFirstOrThrow()

const closeRequest = async (
  tx: Tx,
  request: ApprovalRequestRow,
  status: 'approved' | 'rejected' | 'expired' | 'canceled',
  reason: string,
): Promise<ApprovalRequestRow> => {
  if (!mayMoveApproval(request.status, status))
    throw new Error(`${request.id} cannot go from ${request.status} to ${status}`)
  return tx.db
    .updateTable('approval_request')
    .set({ status, reason, decided_at: tx.now, version: request.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', request.id)
    .where('status', '=', 'pending')
    .where('version', '=', request.version)
    .returningAll()
    .executeTakeFirstOrThrow(
      () => new Error(`${request.id} was decided by somebody else in spite of its lock`),
    )
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
  await stopAtGate(app, tx, out, incident, canceled)
  await showProposalsOfIncident(app, tx, out, incident.id)
}
