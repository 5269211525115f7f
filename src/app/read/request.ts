import { type Rejection, reject } from '../../domain/rejection.ts'
import { requestNow } from '../../message/request-now.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { findProposal, findRun, requestOfRun, votesOfRequest } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { neededFor } from '../show/request-state.ts'

/** Where a request stands, by its id or by that of its run, for whoever asked for the same. Changes nothing. */
export const readRequest = async (
  app: App,
  tenantId: string,
  id: string,
): Promise<ReturnType<typeof requestNow> | Rejection> => {
  const { serviceOf } = await app.configuration.of(tenantId)
  return inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const run = await runOf(tx, id)
      const proposal = run === undefined ? undefined : await findProposal(tx, run.proposal_id)
      if (run === undefined || proposal === undefined) return gone(id)
      const request = await requestOfRun(tx, run.id)
      const votes = request === undefined ? [] : await votesOfRequest(tx, request.id)
      const nameOf = await namesOf(tx, [run.requester_id, ...votes.map((vote) => vote.person_id)])
      return requestNow({
        id,
        title: proposal.body.playbookTitle,
        service: proposal.body.service,
        incidentId: run.incident_id,
        zone: serviceOf(proposal.body.service)?.timeZone ?? 'UTC',
        requester: nameOf(run.requester_id).name,
        requestedAt: run.created_at,
        waiting:
          request?.status !== 'pending'
            ? null
            : {
                approvers: votes
                  .filter(({ decision }) => decision === 'approve')
                  .map((vote) => nameOf(vote.person_id).name),
                needed: await neededFor(app, tx, request, votes),
                expiresAt: request.expires_at,
              },
        run,
      })
    },
    { readOnly: true },
  )
}

const runOf = async (tx: Tx, id: string) => {
  if (id.startsWith('run-')) return findRun(tx, id)
  const asked = await tx.db
    .selectFrom('approval_request')
    .select('run_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return asked === undefined ? undefined : findRun(tx, asked.run_id)
}

const gone = (id: string): Rejection =>
  reject(
    'not_found',
    `There is no request ${id} here any more.`,
    'Open the incident: its thread shows what became of it.',
  )
