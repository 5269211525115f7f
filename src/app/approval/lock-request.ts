import type { ApprovalRequest } from '../../domain/approval.ts'
import type { Standing } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident } from '../../storage/incident.repository.ts'
import {
  type ApprovalRequestRow,
  findProposal,
  lockRun,
  type ProposalRow,
  type RunRow,
  type VoteRow,
  votesOfRequest,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { votersOf } from '../identity/standing-now.ts'
import { type GovernanceRow, governanceOf } from '../policy-facts.ts'

/** A request with all that it is decided by. */
export interface Found {
  readonly request: ApprovalRequestRow
  readonly incident: IncidentRow
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly votes: readonly VoteRow[]
  readonly voters: ReadonlyMap<string, Standing>
  readonly governance: GovernanceRow
}

/** Locks incident, run and request: everybody locks in this order, so nobody waits in a circle. */
export const lockRequest = async (app: App, tx: Tx, id: string): Promise<Found | null> => {
  // Sent together and carried out one after the other: the votes are read under the locks.
  const [incident, run, request, proposal, votes, voters, governance] = await Promise.all([
    lockIncident(tx, ofRequest(tx, id, 'incident_id')),
    lockRun(tx, ofRequest(tx, id, 'run_id')),
    tx.db
      .selectFrom('approval_request')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
    findProposal(tx, ofRequest(tx, id, 'proposal_id')),
    votesOfRequest(tx, id),
    votersOf(app, tx, [id]),
    governanceOf(tx),
  ])
  if (request === undefined) return null
  if (incident === undefined || run === undefined || proposal === undefined)
    throw new Error(`approval request ${id} points at an incident, run or proposal that is not there`)
  return { request, incident, run, proposal, votes, voters, governance }
}

const ofRequest = (tx: Tx, id: string, column: 'incident_id' | 'run_id' | 'proposal_id') =>
  tx.db
    .selectFrom('approval_request')
    .select(column)
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .$asScalar()

export const asDomain = (row: ApprovalRequestRow): ApprovalRequest => ({
  id: row.id,
  proposalId: row.proposal_id,
  requesterId: row.requester_id,
  status: row.status,
  quorum: row.quorum,
  approverRoles: row.approver_roles,
  requiredRoles: row.required_roles,
  requiredGroups: row.required_groups,
  expiresAt: row.expires_at,
  version: row.version,
})
