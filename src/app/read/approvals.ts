import type { Impact } from '../../domain/action.ts'
import type { ApprovalStatus } from '../../domain/approval.ts'
import type { Role } from '../../domain/person.ts'
import { isRejection, type PolicyReasonCode, type Rejection } from '../../domain/rejection.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { gateOfRun } from '../../storage/plan-columns.ts'
import type { App } from '../app.ts'
import { cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from './page.ts'
import type { PersonRef } from './people.ts'

export interface ApprovalView {
  readonly id: string
  readonly runId: string
  readonly incidentId: string
  readonly proposalId: string
  readonly service: string
  readonly playbook: string
  readonly playbookTitle: string
  /** What is asked at a gate; null for the request that a playbook begins with. */
  readonly gate: string | null
  readonly impact: Impact
  readonly status: ApprovalStatus
  readonly requester: PersonRef
  readonly quorum: number
  readonly approverRoles: Role[]
  readonly requiredRoles: Role[]
  readonly requiredGroups: string[]
  readonly overrides: PolicyReasonCode[]
  readonly overrideReason: string
  readonly votes: {
    person: PersonRef
    decision: 'approve' | 'reject'
    reason: string
    at: string
    via: string
  }[]
  readonly expiresAt: string
  readonly createdAt: string
  readonly decidedAt: string | null
}

const requestsWithProposal = (tx: Tx) =>
  tx.db
    .selectFrom('approval_request')
    .innerJoin('proposal', (join) =>
      join
        .onRef('proposal.tenant_id', '=', 'approval_request.tenant_id')
        .onRef('proposal.id', '=', 'approval_request.proposal_id'),
    )
    .innerJoin('run', (join) =>
      join
        .onRef('run.tenant_id', '=', 'approval_request.tenant_id')
        .onRef('run.id', '=', 'approval_request.run_id'),
    )
    .selectAll('approval_request')
    .select((eb) => [
      gateOfRun.as('gate'),
      'proposal.playbook',
      eb.ref('proposal.body', '->>').key('playbookTitle').as('title'),
      eb.ref('proposal.body', '->>').key('service').as('service'),
      eb.ref('proposal.body', '->>').key('impact').as('impact'),
    ])
    .where('approval_request.tenant_id', '=', tx.tenantId)

type Row = Awaited<ReturnType<ReturnType<typeof requestsWithProposal>['execute']>>[number]

/** Newest first. */
export const listApprovals = async (
  app: App,
  tenantId: string,
  filter: PageRequest & { status?: ApprovalStatus | undefined },
): Promise<Page<ApprovalView> | Rejection> => {
  const from = readTimeKey(filter.after)
  if (isRejection(from)) return from
  return inTenant(app.store, tenantId, async (tx) => {
    let query = requestsWithProposal(tx)
    if (filter.status !== undefined) query = query.where('approval_request.status', '=', filter.status)
    if (from !== null)
      query = query.where((eb) =>
        eb(
          eb.refTuple('approval_request.created_at', 'approval_request.id'),
          '<',
          eb.tuple(from.at, from.id),
        ),
      )
    const rows = await query
      .orderBy('approval_request.created_at', 'desc')
      .orderBy('approval_request.id', 'desc')
      .limit(filter.limit + 1)
      .execute()
    const viewOf = await viewerOf(tx, rows)
    return cut(
      rows,
      filter.limit,
      (shown) => shown.map(viewOf),
      (row) => writeTimeKey({ at: row.created_at, id: row.id }),
    )
  })
}

export const readApproval = (app: App, tenantId: string, id: string): Promise<ApprovalView | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await requestsWithProposal(tx).where('approval_request.id', '=', id).executeTakeFirst()
    return row === undefined ? null : (await viewerOf(tx, [row]))(row)
  })

/** Votes and names of a whole page in two queries. */
const viewerOf = async (tx: Tx, rows: readonly Row[]): Promise<(row: Row) => ApprovalView> => {
  const votes = await votesOf(
    tx,
    rows.map((row) => row.id),
  )
  const refOf = await namesOf(tx, [
    ...rows.map((row) => row.requester_id),
    ...votes.map((vote) => vote.person_id),
  ])
  return (row) => ({
    id: row.id,
    runId: row.run_id,
    incidentId: row.incident_id,
    proposalId: row.proposal_id,
    service: row.service,
    playbook: row.playbook,
    playbookTitle: row.title,
    gate: row.gate,
    impact: row.impact,
    status: row.status,
    requester: refOf(row.requester_id),
    quorum: row.quorum,
    approverRoles: row.approver_roles,
    requiredRoles: row.required_roles,
    requiredGroups: row.required_groups,
    overrides: row.overrides,
    overrideReason: row.override_reason,
    votes: votes
      .filter((vote) => vote.request_id === row.id)
      .map((vote) => ({
        person: refOf(vote.person_id),
        decision: vote.decision,
        reason: vote.reason,
        at: vote.decided_at.toString(),
        via: vote.via,
      })),
    expiresAt: row.expires_at.toString(),
    createdAt: row.created_at.toString(),
    decidedAt: row.decided_at?.toString() ?? null,
  })
}

const votesOf = async (tx: Tx, requestIds: readonly string[]) =>
  requestIds.length === 0
    ? []
    : tx.db
        .selectFrom('approval_decision')
        .selectAll()
        .where('tenant_id', '=', tx.tenantId)
        .where('request_id', 'in', requestIds)
        .orderBy('decided_at')
        .execute()
