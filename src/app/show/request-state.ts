import { onShiftAt } from '../../domain/hand-over.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { type Needed, stillNeeded } from '../../domain/quorum.ts'
import type { OverrideAsked, ProposalState } from '../../message/proposal-state.ts'
import type { Named } from '../../message/words.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { ApprovalRequestRow, ProposalRow, RunRow, VoteRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { countedVotes } from '../approval/counted-votes.ts'
import { asDomain } from '../approval/lock-request.ts'
import { shiftsFor } from '../approval/remind-later.ts'
import { peopleAmong, votersOf } from '../identity/standing-now.ts'

/** Where what people were asked for stands, as its card tells it. */

export type NameOf = Awaited<ReturnType<typeof namesOf>>

export interface Told {
  readonly proposal: ProposalRow
  readonly incident: IncidentRow
  readonly run: RunRow | undefined
  readonly request: ApprovalRequestRow | undefined
  readonly votes: readonly VoteRow[]
}

/** Of a proposal, by the latest run that was to be its first stage. */
export const stateOf = async (
  app: App,
  tx: Tx,
  { proposal, incident, run, request, votes }: Told,
  nameOf?: NameOf,
): Promise<ProposalState> => {
  const name =
    nameOf ??
    (await namesOf(tx, [...(run === undefined ? [] : [run.requester_id]), ...votes.flatMap(peopleOfVote)]))
  const gone = proposal.withdrawn_at !== null
  const withdrawn: ProposalState = {
    kind: 'withdrawn',
    why:
      incident.status === 'resolved'
        ? 'The incident has resolved, so this is no longer needed.'
        : 'Newer evidence or a person has taken its place.',
  }
  if (run === undefined) return gone ? withdrawn : { kind: 'open' }
  const requestedBy = name(run.requester_id)
  const approvedBy = votes.filter((vote) => vote.decision === 'approve').map((vote) => voterOf(vote, name))
  if (request?.status === 'pending')
    return {
      kind: 'waiting',
      requestedBy,
      approvedBy,
      needed: await neededFor(app, tx, request, votes),
      expiresAt: request.expires_at,
      ...(await onShiftOf(app, tx, proposal)),
      ...overrideOf(request),
    }
  if (request?.status === 'expired')
    return gone ? { kind: 'expired', requestedBy, expiresAt: request.expires_at } : { kind: 'open' }
  if (request?.status === 'rejected') {
    const against = votes.find((vote) => vote.decision === 'reject')
    return {
      kind: 'rejected',
      requestedBy,
      rejectedBy: against === undefined ? name(run.requester_id) : voterOf(against, name),
      reason: against?.reason ?? '',
    }
  }
  if (run.started_at === null && run.finished_at !== null) {
    if (!gone && run.status === 'canceled') return { kind: 'open' }
    if (!gone && run.status === 'blocked' && run.cause === 'policy' && incident.status !== 'resolved')
      return { kind: 'blocked', requestedBy, why: run.reason }
    return run.cause === 'superseded' || run.status === 'canceled'
      ? withdrawn
      : { kind: 'withdrawn', why: run.reason }
  }
  return { kind: 'approved', requestedBy, approvedBy, runId: run.id, ...overrideOf(request) }
}

type Voted = Pick<VoteRow, 'person_id' | 'for_person_id'>

export const peopleOfVote = ({ person_id: by, for_person_id: stead }: Voted): string[] =>
  stead === null ? [by] : [by, stead]

const voterOf = ({ person_id: by, for_person_id: stead }: Voted, name: NameOf): Named =>
  stead === null ? name(by) : { ...name(by), insteadOf: name(stead).name }

/** Nothing is read where the policy has no shifts. */
const onShiftOf = async (app: App, tx: Tx, { body }: ProposalRow) => {
  const on = onShiftAt(shiftsFor(await app.configuration.of(tx.tenantId), body), tx.now)
  if (on.length === 0) return {}
  const people = await peopleAmong(app, tx, { roles: [], ids: on.map(({ personId }) => personId) }, on.length)
  return {
    onShift: on.flatMap(({ personId, until }) =>
      people
        .filter(({ person }) => person.id === personId)
        .map(({ person: { id, name } }) => ({ id, name, until })),
    ),
  }
}

/** Who still has to approve it, by the votes that count now. */
export const neededFor = async (
  app: App,
  tx: Tx,
  request: ApprovalRequestRow,
  votes: readonly VoteRow[],
): Promise<Needed> => {
  const voters = votes.length === 0 ? new Map() : await votersOf(app, tx, [request.id])
  return stillNeeded(asDomain(request), countedVotes(votes, voters, await app.configuration.of(tx.tenantId)))
}

/** Once it was requested, what counts is what was asked for. */
export const askedOf = (verdict: Verdict, request: ApprovalRequestRow | undefined): Verdict =>
  request === undefined
    ? verdict
    : {
        ...verdict,
        outcome: 'require_approval',
        quorum: request.quorum,
        approverRoles: request.approver_roles,
        requiredRoles: request.required_roles,
        requiredGroups: request.required_groups,
      }

const overrideOf = (request: ApprovalRequestRow | undefined): { override?: OverrideAsked } =>
  request === undefined || request.overrides.length === 0
    ? {}
    : { override: { layers: request.overrides, reason: request.override_reason } }

export const decisionTokens = async (tx: Tx, fresh: () => string, requestId: string) => {
  const [approve, reject] = await Promise.all([
    tokenFor(tx, fresh, 'approve', requestId),
    tokenFor(tx, fresh, 'reject', requestId),
  ])
  return { approve, reject }
}
