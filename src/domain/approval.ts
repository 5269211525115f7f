import { hasRole, mayVote, type Person, type Role } from './person.ts'
import { type Rejection, reject } from './rejection.ts'

/** A request for people's consent to one proposal, and the rules by which their votes decide it. */

export const approvalStatuses = ['pending', 'approved', 'rejected', 'expired', 'canceled'] as const
export type ApprovalStatus = (typeof approvalStatuses)[number]

export const approvalTransitions = {
  pending: ['approved', 'rejected', 'expired', 'canceled'],
  approved: [],
  rejected: [],
  expired: [],
  canceled: [],
} as const satisfies Record<ApprovalStatus, readonly ApprovalStatus[]>

export const mayMoveApproval = (from: ApprovalStatus, to: ApprovalStatus): boolean =>
  (approvalTransitions[from] as readonly ApprovalStatus[]).includes(to)

export interface ApprovalRequest {
  readonly id: string
  readonly proposalId: string
  readonly requesterId: string
  readonly status: ApprovalStatus
  /** How many different people must approve; at least 1. */
  readonly quorum: number
  /** Whoever has one of these may vote. Empty refuses everyone: default deny. */
  readonly approverRoles: readonly Role[]
  readonly expiresAt: Temporal.Instant
  readonly version: number
}

export interface Vote {
  readonly personId: string
  readonly decision: 'approve' | 'reject'
}

export interface ApprovalFacts {
  readonly now: Temporal.Instant
  readonly votes: readonly Vote[]
}

export interface ApprovalDecided {
  readonly status: ApprovalStatus
  readonly vote: Vote
  /** Approvals counted, this one included. */
  readonly approvals: number
}

/** One vote against the request as it stands now. A rejection by any approver ends it; a quorum of approvals grants it. */
export const decideApproval = (
  request: ApprovalRequest,
  person: Person,
  decision: Vote['decision'],
  facts: ApprovalFacts,
): ApprovalDecided | Rejection => {
  const refusal = refuseVote(request, person, facts)
  if (refusal !== null) return refusal
  const vote: Vote = { personId: person.id, decision }
  const approvals = new Set(
    [...facts.votes, vote].filter((each) => each.decision === 'approve').map((each) => each.personId),
  ).size
  if (decision === 'reject') return { status: 'rejected', vote, approvals }
  return { status: approvals >= request.quorum ? 'approved' : 'pending', vote, approvals }
}

const refuseVote = (request: ApprovalRequest, person: Person, facts: ApprovalFacts): Rejection | null => {
  if (
    request.status === 'expired' ||
    (request.status === 'pending' && Temporal.Instant.compare(facts.now, request.expiresAt) >= 0)
  )
    return reject(
      'expired',
      `Approval request ${request.id} expired at ${request.expiresAt.toString()}.`,
      'Request the proposal again.',
    )
  if (request.status !== 'pending')
    return reject(
      'already_decided',
      `Approval request ${request.id} is already ${request.status}.`,
      'Nothing to do: the card shows who decided.',
    )
  if (person.id === request.requesterId)
    return reject(
      'separation_of_duties',
      `${person.name} requested this and so cannot approve it.`,
      approverHint(request, 'Ask another person'),
    )
  if (!mayVote(person))
    return reject(
      'separation_of_duties',
      `${person.name} is a service account: it may request, never vote.`,
      approverHint(request, 'Ask a person'),
    )
  if (request.approverRoles.length === 0)
    return reject(
      'quorum',
      `No role may approve request ${request.id}: the approver list is empty.`,
      'An admin adds approver roles to the policy.',
    )
  if (!request.approverRoles.some((role) => hasRole(person, role)))
    return reject(
      'forbidden',
      `${person.name} does not have the role to approve this.`,
      approverHint(request, 'Ask someone'),
    )
  if (facts.votes.some((vote) => vote.personId === person.id))
    return reject(
      'already_decided',
      `${person.name} has already voted: one person, one vote.`,
      approverHint(request, 'Ask another person'),
    )
  return null
}

const approverHint = (request: ApprovalRequest, who: string): string =>
  request.approverRoles.length === 0
    ? 'An admin must name approvers first.'
    : `${who} with the role ${request.approverRoles.join(' or ')}.`
