import { mayVote, type Person } from './person.ts'
import { type Asked, type Holding, mayInWords, mayStandFor, type Needed, stillNeeded } from './quorum.ts'
import { type Rejection, reject } from './rejection.ts'
import { isTerminal, type RunStatus } from './run.ts'
import { type Delegation, requestersSide, type Stead, votesAs } from './stand-in.ts'

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

export interface ApprovalRequest extends Asked {
  readonly id: string
  readonly proposalId: string
  readonly requesterId: string
  readonly status: ApprovalStatus
  readonly expiresAt: Temporal.Instant
  readonly version: number
}

export interface Vote {
  readonly personId: string
  readonly decision: 'approve' | 'reject'
  /** Who is away, where it was cast in their stead: neither of the two votes again. */
  readonly forPersonId?: string | null
}

/** A vote with what it stands for now. */
export type CountedVote = Vote & Holding

export interface ApprovalFacts {
  readonly now: Temporal.Instant
  readonly votes: readonly CountedVote[]
  /** Groups of the policy that whoever votes is in. */
  readonly groups: readonly string[]
  /** Those that hold now, of whoever votes and of whoever has asked. */
  readonly delegations?: readonly Delegation[]
  /** Every enabled human who has delegated to whoever votes. */
  readonly steads?: readonly Stead[]
}

export interface ApprovalDecided {
  readonly status: ApprovalStatus
  readonly vote: Vote
  /** Approvals that still stand, this one included. */
  readonly approvals: number
  /** Who still has to approve. */
  readonly needed: Needed
}

/** One vote against the request as it stands now. A rejection by any approver ends it; a quorum of approvals grants it. */
export const decideApproval = (
  request: ApprovalRequest,
  person: Person,
  decision: Vote['decision'],
  facts: ApprovalFacts,
): ApprovalDecided | Rejection => {
  const approved = facts.votes.filter((each) => each.decision === 'approve')
  const as = votesAs(
    request,
    approved,
    { personId: person.id, roles: person.roles, groups: facts.groups },
    steadsLeft(request, facts),
  )
  const refusal = refuseVote(request, person, facts, as !== null)
  if (refusal !== null || as === null) return refusal ?? lacksRole(request, person)
  const vote: Vote = { personId: person.id, decision, forPersonId: as.steadId }
  const given = [...approved, ...(decision === 'approve' ? [as.holding] : [])]
  const standing = given.filter((each) => mayStandFor(request, each))
  const approvals = new Set(standing.map(({ personId }) => personId)).size
  const needed = stillNeeded(request, given)
  if (decision === 'reject') return { status: 'rejected', vote, approvals, needed }
  return { status: needed.approvals === 0 ? 'approved' : 'pending', vote, approvals, needed }
}

/** Whose vote is not cast yet, and who has nothing to do with whoever asked. */
const steadsLeft = (
  { requesterId }: ApprovalRequest,
  { votes, delegations = [], steads = [] }: ApprovalFacts,
): Stead[] => {
  const side = requestersSide(requesterId, delegations)
  return steads.filter(
    ({ personId }) =>
      !side.has(personId) &&
      !votes.some((vote) => vote.personId === personId || vote.forPersonId === personId),
  )
}

const lacksRole = (request: ApprovalRequest, person: Person): Rejection =>
  reject(
    'forbidden',
    `${person.name} does not have the role to approve this.`,
    approverHint(request, 'Ask someone'),
  )

const refuseVote = (
  request: ApprovalRequest,
  person: Person,
  facts: ApprovalFacts,
  may: boolean,
): Rejection | null => {
  if (
    request.status === 'expired' ||
    (request.status === 'pending' && Temporal.Instant.compare(facts.now, request.expiresAt) >= 0)
  )
    return reject(
      'expired',
      `Approval request ${request.id} expired at ${request.expiresAt.toString()}.`,
      'Request the proposal again.',
      { facts: { request: request.id, expired_at: request.expiresAt.toString() } },
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
      { facts: { request: request.id, requester: request.requesterId, voter: person.id } },
    )
  if (!mayVote(person))
    return reject(
      'separation_of_duties',
      `${person.name} is a service account: it may request, never vote.`,
      approverHint(request, 'Ask a person'),
      { facts: { request: request.id, voter: person.id, kind: person.kind } },
    )
  if (requestersSide(request.requesterId, facts.delegations ?? []).has(person.id))
    return reject(
      'separation_of_duties',
      `${person.name} and whoever requested this stand in for one another now, so neither approves for the other.`,
      approverHint(request, 'Ask another person'),
    )
  if (request.approverRoles.length === 0)
    return reject(
      'quorum',
      `No role may approve request ${request.id}: the approver list is empty.`,
      'An admin adds approver roles to the policy.',
      { facts: { request: request.id, approverRoles: 0, quorum: request.quorum } },
    )
  if (facts.votes.some((vote) => vote.forPersonId === person.id))
    return reject(
      'already_decided',
      `Somebody has already voted for ${person.name}, who was away: one person, one vote.`,
      approverHint(request, 'Ask another person'),
    )
  const voted = facts.votes.some((vote) => vote.personId === person.id)
  if (!may && !voted) return lacksRole(request, person)
  if (voted)
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
    : `${who} with ${mayInWords(request)}.`

/** Null when this person may take their approval back: it is theirs, and nothing has begun. */
export const refuseRevoke = (
  request: ApprovalRequest,
  run: { readonly id: string; readonly status: RunStatus },
  person: Person,
  votes: readonly Vote[],
): Rejection | null => {
  if (request.status !== 'pending' && request.status !== 'approved')
    return reject(
      'already_decided',
      `Approval request ${request.id} is already ${request.status}.`,
      'Nothing to do: nothing runs for it.',
    )
  if (request.status === 'approved' && run.status !== 'queued')
    return isTerminal(run.status)
      ? reject(
          'already_decided',
          `${run.id} has ended: ${run.status.replaceAll('_', ' ')}.`,
          'Nothing to do.',
        )
      : reject(
          'already_decided',
          `${run.id} has begun: an approval is taken back before the start only.`,
          `Cancel it: /heal cancel ${run.id} stops it and undoes what it did.`,
        )
  const own = votes.find((vote) => vote.personId === person.id && vote.decision === 'approve')
  return own === undefined
    ? reject(
        'forbidden',
        `${person.name} has not approved ${request.id}, so there is no approval to take back.`,
        `Cancel ${run.id} instead, or ask whoever approved.`,
      )
    : null
}
