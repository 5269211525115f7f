import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { isActive, type RunStatus } from '../../domain/run.ts'
import { lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import { findRun, lockRun, moveRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { withdrawRequest } from '../approval/withdraw-request.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposalsOfIncident } from '../show/proposal.ts'
import { showRun } from '../show/run.ts'
import { closeIfOver } from './close-if-over.ts'
import { finishRun } from './finish-run.ts'
import { stopAtGate } from './stop-at-gate.ts'

export interface Canceled {
  readonly runId: string
  /** `canceled` at once when it had not begun; otherwise what it is while its worker stops and undoes. */
  readonly status: RunStatus
}

export const cancelRun = (app: App, caller: Caller, runId: string): Promise<Canceled | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const seen = await findRun(tx, runId)
    if (seen === undefined)
      return reject('not_found', `There is no run ${runId}.`, 'Open the incident to see its runs.')
    const [incident, run, standing] = await Promise.all([
      lockIncident(tx, seen.incident_id),
      lockRun(tx, runId),
      standingNow(app, tx, caller.person.id),
    ])
    if (run === undefined || incident === undefined)
      throw new Error(`${runId} vanished while it was being canceled`)
    const about = { actor: caller.person.id, subject: runId, incidentId: run.incident_id, command: 'cancel' }
    const mayOnlyLook = reject(
      'forbidden',
      `${caller.person.name} may look, but not cancel.`,
      'Ask someone with the role responder.',
    )
    const forbidden = refuseWithout(app, caller.person, standing, ['responder', 'approver'], mayOnlyLook)
    if (forbidden !== null) return refused(out, about, forbidden)
    if (run.finished_at !== null)
      return refused(
        out,
        about,
        reject(
          'already_decided',
          `${runId} has already ended: ${run.status.replaceAll('_', ' ')}.`,
          'Nothing to do.',
        ),
      )
    out.audit(
      {
        event: 'run_cancel_requested',
        actor: caller.person.id,
        subject: runId,
        details: { status: run.status, via: caller.via },
      },
      run.incident_id,
    )
    if (isActive(run.status)) {
      await tx.db
        .updateTable('run')
        .set({ cancel_requested_by: caller.person.id })
        .where('tenant_id', '=', tx.tenantId)
        .where('id', '=', runId)
        .execute()
      await showRun(app, tx, out, runId)
      out.changed('run', runId)
      return { runId, status: run.status }
    }
    await withdrawRequest(tx, out, run, 'canceled', `canceled by ${caller.person.name}`, caller.person.id)
    await tx.db
      .updateTable('permit')
      .set({ status: 'revoked' })
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', runId)
      .where('status', '=', 'issued')
      .execute()
    const canceled = await moveRun(tx, run, 'canceled', {
      cause: 'canceled',
      reason: `canceled by ${caller.person.name} before it began`,
      finished_at: tx.now,
      cancel_requested_by: caller.person.id,
    })
    await finishRun(app, tx, out, canceled, { recovery: 'not_measured' })
    const over = await closeIfOver(app, tx, out, incident, canceled)
    if (!over && !(await stopAtGate(app, tx, out, incident, canceled)) && incident.status === 'healing')
      await showIncidents(app, tx, out, [await moveIncident(tx, incident, 'proposed')])
    await showProposalsOfIncident(app, tx, out, run.incident_id)
    return { runId, status: 'canceled' as const }
  })
