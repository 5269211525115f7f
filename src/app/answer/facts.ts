import { triageTitles } from '../../domain/diagnosis.ts'
import type { IncidentFact, RequestFact, RunFact } from '../../query/answer.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { RunRow } from '../../storage/run.repository.ts'

/** Rows as the facts an answer is made of. */

export const incidentFact = (row: IncidentRow): IncidentFact => {
  const likeliest = row.diagnosis?.hypotheses[0]
  return {
    id: row.id,
    service: row.service,
    title: row.title,
    severity: row.severity,
    status: row.status,
    openedAt: row.opened_at,
    resolvedAt: row.resolved_at,
    firing: row.firing,
    diagnosis:
      likeliest === undefined
        ? null
        : { title: triageTitles[likeliest.code], likelihood: likeliest.likelihood },
  }
}

/** Runs with their proposals, requests and votes: three statements, sent together, however many runs there are. In the order given. */
export const runFacts = async (tx: Tx, runs: readonly RunRow[]): Promise<RunFact[]> => {
  if (runs.length === 0) return []
  const { tenantId } = tx
  const runIds = runs.map((run) => run.id)
  const [proposals, requests, votes] = await Promise.all([
    tx.db
      .selectFrom('proposal')
      .select(['id', 'body'])
      .where('tenant_id', '=', tenantId)
      .where(
        'id',
        'in',
        runs.map((run) => run.proposal_id),
      )
      .execute(),
    tx.db
      .selectFrom('approval_request')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('run_id', 'in', runIds)
      .execute(),
    tx.db
      .selectFrom('approval_decision')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('request_id', 'in', (of) =>
        of
          .selectFrom('approval_request')
          .select('id')
          .where('tenant_id', '=', tenantId)
          .where('run_id', 'in', runIds),
      )
      .orderBy('decided_at')
      .execute(),
  ])
  const name = await namesOf(tx, [
    ...requests.map((request) => request.requester_id),
    ...votes.map((vote) => vote.person_id),
  ])
  return runs.map((run): RunFact => {
    const body = proposals.find((proposal) => proposal.id === run.proposal_id)?.body
    const title = body?.playbookTitle ?? run.proposal_id
    const row = requests.find((request) => request.run_id === run.id)
    const request: RequestFact | null =
      row === undefined
        ? null
        : {
            id: row.id,
            title,
            status: row.status,
            requester: name(row.requester_id),
            requestedAt: row.created_at,
            quorum: row.quorum,
            approverRoles: row.approver_roles,
            expiresAt: row.expires_at,
            votes: votes
              .filter((vote) => vote.request_id === row.id)
              .map((vote) => ({
                by: name(vote.person_id),
                decision: vote.decision,
                reason: vote.reason,
                at: vote.decided_at,
              })),
            endedAt: row.decided_at,
            reason: row.reason,
          }
    return {
      id: run.id,
      incidentId: run.incident_id,
      service: body?.service ?? '',
      title,
      status: run.status,
      reason: run.reason,
      createdAt: run.created_at,
      startedAt: run.started_at,
      finishedAt: run.finished_at,
      request,
    }
  })
}

export const recordsOfRuns = (runs: readonly RunFact[]): string[] =>
  runs.flatMap((run) => [run.id, ...(run.request === null ? [] : [run.request.id])])
