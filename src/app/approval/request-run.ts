import type { Caller, Person } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { PolicyFacts } from '../../domain/policy/facts.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import { nameClaim } from '../../storage/limit.repository.ts'
import { findProposal, liveRunsOfIncident, type ProposalRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { keepVerdict } from '../policy/keep-verdict.ts'
import { policyFacts } from '../policy-facts.ts'
import { withAlternative } from '../proposal/alternative.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { showRun } from '../show/run.ts'
import { storedWithinMs } from '../stored-within.ts'
import { abortRequest, endsAtOnce } from './abort-request.ts'
import { askForApproval, type OpenRun } from './ask-for-approval.ts'
import { claimRequest } from './claim-request.ts'
import { issuePermit } from './issue-permit.ts'
import { overrideVerdict } from './override-verdict.ts'

export interface Requested {
  readonly runId: string
  /** Null when the policy allowed the run without asking anybody. */
  readonly requestId: string | null
}

export interface HowRequested {
  /**
   * When the press was stored that this may be the second try of: the first may be over by now, so that no live run tells of
   * it.
   */
  readonly again?: Temporal.Instant | null
  /** To be let past what refuses it now, for this one run: somebody else with the role override has to agree. */
  readonly override?: { readonly reason: string } | null
}

/** A person asks for a proposal to be run. They become the requester, and so cannot approve it. */
export const requestRun = (
  app: App,
  caller: Caller,
  proposalId: string,
  { again = null, override = null }: HowRequested = {},
): Promise<Requested | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = {
      actor: caller.person.id,
      subject: proposalId,
      command: override === null ? 'request' : 'request_override',
    }
    if (override !== null && override.reason.trim() === '') return reject(...overrideNeedsReason)
    const seen = await findProposal(tx, proposalId)
    if (seen === undefined)
      return reject(
        'not_found',
        `There is no proposal ${proposalId}.`,
        'Open the incident to see what is proposed.',
      )
    // The proposal is read again: while this waited for the incident, it may have been withdrawn.
    const [incident, proposal, requester] = await Promise.all([
      lockIncident(tx, seen.incident_id),
      findProposal(tx, proposalId),
      standingNow(app, tx, caller.person.id),
    ])
    if (incident === undefined || proposal === undefined)
      throw new Error(`${proposalId} has no incident ${seen.incident_id}`)
    const refusal =
      refuseWithout(app, caller.person, requester, ['responder', 'approver'], mayOnlyLook(caller.person)) ??
      (await refuseRequest(tx, incident, proposal)) ??
      (again === null ? null : await refuseAgain(tx, proposal, caller.person, again))
    if (refusal !== null) return refused(out, { ...about, incidentId: incident.id }, refusal)
    const { facts, policyVersion } = await policyFacts(app, tx, 'request', incident, proposal.body, {
      requesterId: caller.person.id,
      overrides: [],
    })
    if (override !== null) {
      const overridden = overrideVerdict(facts)
      return isRejection(overridden)
        ? refused(out, { ...about, incidentId: incident.id }, overridden)
        : openRun(app, tx, out, {
            facts: { ...facts, overrides: overridden.overrides },
            incident,
            proposal,
            policyVersion,
            requester: caller.person,
            verdict: overridden.verdict,
            override: { layers: overridden.overrides, reason: override.reason },
          })
    }
    const verdict = evaluatePolicy(facts)
    const reason = denialOf(verdict)
    if (reason !== null) {
      keepVerdict(tx, out, { proposalId, runId: null }, { facts, policyVersion, verdict })
      if (endsAtOnce(reason))
        await abortRequest(app, tx, out, { proposal, requesterId: caller.person.id, reason })
      refused(out, { ...about, incidentId: incident.id }, reason)
      return withAlternative(app, tx, { incident, proposal, requesterId: caller.person.id }, reason)
    }
    return openRun(app, tx, out, {
      facts,
      incident,
      proposal,
      verdict,
      policyVersion,
      requester: caller.person,
    })
  })

const overrideNeedsReason = [
  'invalid',
  'An override needs a reason.',
  'Say in a few words why it cannot wait: whoever approves it decides by that.',
] as const

const mayOnlyLook = ({ name }: Person): Rejection =>
  reject('forbidden', `${name} may look, but not request.`, 'Ask someone with the role responder.')

const refuseRequest = async (
  tx: Tx,
  incident: IncidentRow,
  proposal: ProposalRow,
): Promise<Rejection | null> => {
  if (incident.status === 'resolved')
    return reject(
      'precondition',
      `${incident.id} has resolved: there is nothing left to heal.`,
      'Nothing to do. Should the alert fire again, Suture looks anew.',
      { facts: { incident: incident.id, incidentStatus: incident.status } },
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

const refuseAgain = async (
  tx: Tx,
  proposal: ProposalRow,
  person: Person,
  again: Temporal.Instant,
): Promise<Rejection | null> => {
  const made = await tx.db
    .selectFrom('run')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', proposal.incident_id)
    .where('proposal_id', '=', proposal.id)
    .where('requester_id', '=', person.id)
    .where('created_at', '>', again.subtract({ milliseconds: storedWithinMs }))
    .limit(1)
    .executeTakeFirst()
  return made === undefined
    ? null
    : reject(
        'duplicate_request',
        `${made.id} came of this press already, and is over.`,
        'The thread shows what became of it. Press again to ask for another one.',
        { facts: { first: made.id } },
      )
}

/**
 * Makes the Run, and by the verdict an ApprovalRequest, or a Permit and a place in the queue. Refuses a duplicate: somebody was
 * a moment faster.
 */
export const openRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  given: OpenRun & { readonly facts: PolicyFacts },
): Promise<Requested | Rejection> => {
  const { incident, proposal, verdict, requester } = given
  const { service, diagnosisCode } = proposal.body
  const about = { actor: requester.id, incidentId: incident.id }
  const claimed = await claimRequest(app, tx, out, {
    ...about,
    service,
    diagnosisCode,
    proposalId: proposal.id,
  })
  if (isRejection(claimed))
    return refused(out, { ...about, subject: proposal.id, command: 'request' }, claimed)
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
  keepVerdict(tx, out, { proposalId: proposal.id, runId: run.id }, given)
  const requestId = mayRunNow ? null : await askForApproval(app, tx, out, given, run)
  if (claimed === 'taken') out.along(nameClaim(tx, { service, diagnosisCode }, run.id, requestId))
  if (mayRunNow) {
    await issuePermit(app, tx, out, {
      run,
      proposal,
      approverIds: [],
      policyVersion: given.policyVersion,
      overrides: [],
    })
    await showRun(app, tx, out, run.id, { run, proposal, steps: [] })
  }
  const moved = await moveIncident(tx, incident, mayRunNow ? 'healing' : 'proposed')
  await showIncidents(app, tx, out, [moved])
  await showProposal(app, tx, out, proposal.id)
  out.changed('run', run.id)
  return { runId: run.id, requestId }
}
