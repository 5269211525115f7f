import { decideApproval } from '../../domain/approval.ts'
import { hasRole, type Person } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { groupsOf } from '../../domain/quorum.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { OptionFact, RunFact } from '../../query/answer.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { findProposal, type ProposalRow, type RunRow, votesOfRequest } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { countedVotes } from '../approval/counted-votes.ts'
import { asDomain } from '../approval/lock-request.ts'
import { votersOf } from '../identity/standing-now.ts'
import { type Asking, policyFacts } from '../policy-facts.ts'

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
      refusal:
        refuseRole(person, 'request') ??
        (await refusePolicy(app, tx, 'request', incident, proposal, {
          requesterId: person.id,
          overrides: [],
        })),
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
  const [rows, voters, configuration] = await Promise.all([
    votesOfRequest(tx, row.id),
    votersOf(app, tx, [row.id]),
    app.configuration.of(tx.tenantId),
  ])
  const decided = decideApproval(asDomain(row), person, 'approve', {
    now: tx.now,
    votes: countedVotes(rows, voters, configuration),
    groups: groupsOf(configuration.policy.document.groups, person.id),
  })
  if (isRejection(decided)) return decided
  const proposal = await findProposal(tx, run.proposal_id)
  return proposal === undefined
    ? null
    : refusePolicy(app, tx, 'decide', incident, proposal, {
        requesterId: row.requester_id,
        overrides: row.overrides,
      })
}

const refusePolicy = async (
  app: App,
  tx: Tx,
  moment: 'request' | 'decide',
  incident: IncidentRow,
  proposal: ProposalRow,
  asking: Asking,
): Promise<Rejection | null> => {
  const { facts } = await policyFacts(app, tx, moment, incident, proposal.body, asking)
  return denialOf(evaluatePolicy(facts))
}
