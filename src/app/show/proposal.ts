import { actionCatalogue } from '../../domain/actions/index.ts'
import { parametersOf } from '../../domain/narrow-parameter.ts'
import { proposalCard } from '../../message/proposal-card.ts'
import type { ProposalState } from '../../message/proposal-state.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import {
  type ApprovalRequestRow,
  type ProposalRow,
  type RunRow,
  requestOfRun,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { postCards } from './post-cards.ts'

/** Draws one proposal as it stands in the database now: buttons only while they can do something. */
export const showProposal = async (app: App, tx: Tx, out: Outbound, proposalId: string): Promise<void> => {
  const { proposal, incident } = await load(tx, proposalId)
  const run = await latestRun(tx, proposalId)
  const request = run === undefined ? undefined : await requestOfRun(tx, run.id)
  const state = await stateOf(tx, proposal, incident, run, request)
  const configuration = await app.configuration.of(tx.tenantId)
  const playbook = configuration.playbooks.find(
    (loaded) => loaded.digest === proposal.playbook_digest,
  )?.playbook
  const fresh = app.ids.token
  const tokens =
    state.kind === 'open'
      ? { request: await tokenFor(tx, fresh, 'request', proposal.id) }
      : state.kind === 'waiting' && request !== undefined
        ? {
            approve: await tokenFor(tx, fresh, 'approve', request.id),
            reject: await tokenFor(tx, fresh, 'reject', request.id),
          }
        : {}
  await postCards(app, tx, out, [
    {
      key: `proposal/${proposal.id}`,
      kind: 'proposal',
      incidentId: incident.id,
      service: incident.service,
      card: proposalCard({
        id: proposal.id,
        incidentId: incident.id,
        severity: incident.severity,
        proposal: proposal.body,
        verdict: proposal.verdict,
        state,
        tokens,
        ...(playbook === undefined ? {} : { specs: parametersOf(playbook, actionCatalogue) }),
      }),
    },
  ])
  // The list's one line of what goes on follows from proposals and runs.
  out.changed('incident', incident.id)
}

export const showProposalsOfIncident = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incidentId: string,
): Promise<void> => {
  const rows = await tx.db
    .selectFrom('proposal')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('rank')
    .execute()
  for (const { id } of rows) await showProposal(app, tx, out, id)
}

const load = async (
  tx: Tx,
  proposalId: string,
): Promise<{ proposal: ProposalRow; incident: IncidentRow }> => {
  const proposal = await tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', proposalId)
    .executeTakeFirstOrThrow()
  const incident = await tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', proposal.incident_id)
    .executeTakeFirstOrThrow()
  return { proposal, incident }
}

const latestRun = (tx: Tx, proposalId: string): Promise<RunRow | undefined> =>
  tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('proposal_id', '=', proposalId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()

const stateOf = async (
  tx: Tx,
  proposal: ProposalRow,
  incident: IncidentRow,
  run: RunRow | undefined,
  request: ApprovalRequestRow | undefined,
): Promise<ProposalState> => {
  const votes =
    request === undefined
      ? []
      : await tx.db
          .selectFrom('approval_decision')
          .selectAll()
          .where('tenant_id', '=', tx.tenantId)
          .where('request_id', '=', request.id)
          .orderBy('decided_at')
          .execute()
  const name = await namesOf(tx, [
    ...(run === undefined ? [] : [run.requester_id]),
    ...votes.map((vote) => vote.person_id),
  ])
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
  const approvedBy = votes.filter((vote) => vote.decision === 'approve').map((vote) => name(vote.person_id))
  if (request?.status === 'pending')
    return { kind: 'waiting', requestedBy, approvedBy, quorum: request.quorum, expiresAt: request.expires_at }
  if (request?.status === 'expired')
    return gone ? { kind: 'expired', requestedBy, expiresAt: request.expires_at } : { kind: 'open' }
  if (request?.status === 'rejected') {
    const against = votes.find((vote) => vote.decision === 'reject')
    return {
      kind: 'rejected',
      requestedBy,
      rejectedBy: name(against?.person_id ?? run.requester_id),
      reason: against?.reason ?? '',
    }
  }
  if (run.started_at === null && run.finished_at !== null) {
    if (!gone && run.status === 'canceled') return { kind: 'open' }
    return run.cause === 'superseded' || run.status === 'canceled'
      ? withdrawn
      : { kind: 'withdrawn', why: run.reason }
  }
  return { kind: 'approved', requestedBy, approvedBy, runId: run.id }
}
