import { type Caller, hasRole, type Person, sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import {
  findProposal,
  liveRunsOfIncident,
  type ProposalRow,
  type RunRow,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { policyFacts } from '../policy-facts.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { issuePermit } from './issue-permit.ts'

export interface Requested {
  readonly runId: string
  /** Null when the policy allowed the run without asking anybody. */
  readonly requestId: string | null
}

/** A person asks for a proposal to be run. They become the requester, and so cannot approve it. */
export const requestRun = (app: App, caller: Caller, proposalId: string): Promise<Requested | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: proposalId, command: 'request' }
    const seen = await findProposal(tx, proposalId)
    if (seen === undefined)
      return reject(
        'not_found',
        `There is no proposal ${proposalId}.`,
        'Open the incident to see what is proposed.',
      )
    const incident = await lockIncident(tx, seen.incident_id)
    // Read again: while this waited for the incident, the proposal may have been withdrawn.
    const proposal = await findProposal(tx, proposalId)
    if (incident === undefined || proposal === undefined)
      throw new Error(`${proposalId} has no incident ${seen.incident_id}`)
    const refusal = await refuseRequest(tx, incident, proposal, caller.person)
    if (refusal !== null) return refused(out, { ...about, incidentId: incident.id }, refusal)
    const { facts, policyVersion } = await policyFacts(app, tx, 'request', incident, proposal.body)
    const verdict = evaluatePolicy(facts)
    const [reason] = verdict.reasons
    if (verdict.outcome === 'deny')
      return refused(
        out,
        { ...about, incidentId: incident.id },
        reason ?? reject('mode', 'Policy refuses this proposal.', 'Ask an admin.'),
      )
    return openRun(app, tx, out, { incident, proposal, verdict, policyVersion, requester: caller.person })
  })

const refuseRequest = async (
  tx: Tx,
  incident: IncidentRow,
  proposal: ProposalRow,
  person: Person,
): Promise<Rejection | null> => {
  if (!hasRole(person, 'responder') && !hasRole(person, 'approver'))
    return reject(
      'forbidden',
      `${person.name} may look, but not request.`,
      'Ask someone with the role responder.',
    )
  if (incident.status === 'resolved')
    return reject(
      'precondition',
      `${incident.id} has resolved: there is nothing left to heal.`,
      'Nothing to do.',
    )
  if (proposal.withdrawn_at !== null)
    return reject(
      'stale',
      `${proposal.id} was withdrawn when newer evidence came in.`,
      'Use the newest proposal in the thread.',
    )
  const [live] = await liveRunsOfIncident(tx, incident.id)
  if (live !== undefined)
    return reject(
      'duplicate_request',
      `${live.id} is already ${live.status.replaceAll('_', ' ')} for ${incident.id}.`,
      'Wait for it, or cancel it first.',
      {
        facts: { first: live.id },
      },
    )
  return null
}

export interface OpenRun {
  readonly incident: IncidentRow
  readonly proposal: ProposalRow
  readonly verdict: Verdict
  readonly policyVersion: string
  readonly requester: { readonly id: string }
}

/** Makes the Run, and by the verdict an ApprovalRequest, or a Permit and a place in the queue. */
export const openRun = async (app: App, tx: Tx, out: Outbound, given: OpenRun): Promise<Requested> => {
  const { incident, proposal, verdict, requester } = given
  const mayRunNow = verdict.outcome === 'allow'
  const run = await tx.db
    .insertInto('run')
    .values({
      tenant_id: tx.tenantId,
      incident_id: incident.id,
      proposal_id: proposal.id,
      status: mayRunNow ? 'queued' : 'pending_approval',
      requester_id: requester.id,
      budget_ms: app.limits.runBudgetMs,
      created_at: tx.now,
      queued_at: mayRunNow ? tx.now : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const requestId = mayRunNow ? null : await askForApproval(app, tx, out, given, run)
  if (mayRunNow)
    await issuePermit(app, tx, out, { run, proposal, approverIds: [], policyVersion: given.policyVersion })
  const moved = await moveIncident(tx, incident, mayRunNow ? 'healing' : 'proposed')
  await showIncidents(app, tx, out, [moved])
  await showProposal(app, tx, out, proposal.id)
  out.changed('run', run.id)
  return { runId: run.id, requestId }
}

const askForApproval = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { proposal, verdict, policyVersion, requester, incident }: OpenRun,
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
      policy_version: policyVersion,
      expires_at: expiresAt,
      created_at: tx.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  out.effect({ kind: 'expire_approval', key: request.id, dueAt: expiresAt })
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
        expires_at: expiresAt.toString(),
        by_suture: requester.id === sutureItself,
      },
    },
    incident.id,
  )
  out.changed('approval', request.id)
  return request.id
}
