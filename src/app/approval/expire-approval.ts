import { lockIncident } from '../../storage/incident.repository.ts'
import { lockRun, moveRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import { finishRun } from '../run/finish-run.ts'
import { stopAtGate } from '../run/stop-at-gate.ts'
import { showProposalsOfIncident } from '../show/proposal.ts'
import { withdrawRequest } from './withdraw-request.ts'

/** Nobody decided in time. Rung by the sweeper when the request's effect is due; harmless when decided before. */
export const expireApproval = (app: App, tenantId: string, requestId: string): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const request = await tx.db
      .selectFrom('approval_request')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', requestId)
      .executeTakeFirst()
    if (request === undefined || request.status !== 'pending') {
      out.settle('expire_approval', requestId)
      return
    }
    if (Temporal.Instant.compare(tx.now, request.expires_at) < 0) {
      out.effect({ kind: 'expire_approval', key: requestId, dueAt: request.expires_at })
      return
    }
    // Incident, run, request: everybody locks in this order.
    const incident = await lockIncident(tx, request.incident_id)
    const run = await lockRun(tx, request.run_id)
    if (run === undefined || !(await withdrawRequest(tx, out, run, 'expired', 'nobody decided in time')))
      return
    const canceled = await moveRun(tx, run, 'canceled', {
      cause: 'expired',
      reason: 'nobody decided in time',
      finished_at: tx.now,
    })
    await finishRun(app, tx, out, canceled, { recovery: 'not_measured' })
    if (incident !== undefined) await stopAtGate(app, tx, out, incident, canceled)
    await showProposalsOfIncident(app, tx, out, run.incident_id)
  })
