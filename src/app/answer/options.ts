import { decideApproval } from '../../domain/approval.ts'
import { hasRole, type Person } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { OptionFact, RunFact } from '../../query/answer.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { findProposal, type ProposalRow, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { policyFacts } from '../policy-facts.ts'

/** What one person may do with an incident now, by the same rules that will decide when they try. Nothing is written. */
export const optionsOf = async (
  app: App,
  tx: Tx,
  incident: IncidentRow,
  live: readonly { row: RunRow; fact: RunFact }[],
  person: Person,
): Promise<OptionFact[]> => {
  if (incident.status === 'resolved') return []
  const options: OptionFact[] = []
  for (const { row, fact } of live) {
    if (row.status === 'pending_approval' && fact.request !== null)
      options.push({
        what: 'approve',
        id: fact.request.id,
        title: fact.title,
        refusal: await refuseVote(app, tx, incident, row, fact.request, person),
      })
    options.push({ what: 'cancel', id: row.id, title: fact.title, refusal: refuseRole(person, 'cancel') })
  }
  if (live.length > 0) return options
  for (const proposal of await openProposals(tx, incident.id))
    options.push({
      what: 'request',
      id: proposal.id,
      title: proposal.body.playbookTitle,
      refusal: refuseRole(person, 'request') ?? (await refusePolicy(app, tx, 'request', incident, proposal)),
    })
  return options
}

export const openProposals = (tx: Tx, incidentId: string): Promise<ProposalRow[]> =>
  tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('withdrawn_at', 'is', null)
    .orderBy('rank')
    .limit(10)
    .execute()

const refuseRole = (person: Person, what: string): Rejection | null =>
  hasRole(person, 'responder') || hasRole(person, 'approver')
    ? null
    : reject('forbidden', `${person.name} may look, but not ${what}.`, 'Ask someone with the role responder.')

const refuseVote = async (
  app: App,
  tx: Tx,
  incident: IncidentRow,
  run: RunRow,
  request: NonNullable<RunFact['request']>,
  person: Person,
): Promise<Rejection | null> => {
  const row = await tx.db
    .selectFrom('approval_request')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', request.id)
    .executeTakeFirstOrThrow()
  const votes = request.votes.map((vote) => ({ personId: vote.by.id, decision: vote.decision }))
  const decided = decideApproval(
    {
      id: row.id,
      proposalId: row.proposal_id,
      requesterId: row.requester_id,
      status: row.status,
      quorum: row.quorum,
      approverRoles: row.approver_roles,
      expiresAt: row.expires_at,
      version: row.version,
    },
    person,
    'approve',
    { now: tx.now, votes },
  )
  if (isRejection(decided)) return decided
  const proposal = await findProposal(tx, run.proposal_id)
  return proposal === undefined ? null : refusePolicy(app, tx, 'decide', incident, proposal)
}

const refusePolicy = async (
  app: App,
  tx: Tx,
  moment: 'request' | 'decide',
  incident: IncidentRow,
  proposal: ProposalRow,
): Promise<Rejection | null> => {
  const { facts } = await policyFacts(app, tx, moment, incident, proposal.body)
  const verdict = evaluatePolicy(facts)
  return verdict.outcome === 'deny'
    ? (verdict.reasons[0] ?? reject('mode', 'Policy refuses this now.', 'Ask an admin.'))
    : null
}
