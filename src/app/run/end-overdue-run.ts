import { reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { lockIncident } from '../../storage/incident.repository.ts'
import { moveRun, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { escalate } from '../heal/escalate.ts'
import { closeIfOver } from './close-if-over.ts'
import { finishRun } from './finish-run.ts'

/**
 * The whole-run deadline, enforced from outside the worker. The fence moves first, so that a worker which wakes up late
 * can commit nothing more. A step that has an intent and no result ends `unknown`, and so does its run.
 */
export const endOverdueRun = async (app: App, tx: Tx, out: Outbound, run: RunRow): Promise<void> => {
  const open = (await stepsOfRun(tx, run.id)).filter(
    (step) => step.status === 'intent' && step.phase !== 'verify',
  )
  await tx.db
    .updateTable('step_execution')
    .set({
      status: 'unknown',
      finished_at: tx.now,
      summary: 'the run ran out of time before this step had a result',
    })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'intent')
    .execute()
  const unknown = open.length > 0
  const status = unknown ? 'unknown' : run.status === 'rolling_back' ? 'rollback_failed' : 'timed_out'
  const reason = unknown
    ? `out of time while ${open.map((step) => step.step_id).join(', ')} had no result: a person must look whether it happened`
    : `not finished within ${Math.round(run.budget_ms / 1000)} s`
  refused(
    out,
    { actor: 'person_suture', subject: run.id, incidentId: run.incident_id, command: 'watchdog' },
    reject(
      'timeout_watchdog',
      `${run.id} was ended by the watchdog: ${reason}.`,
      'Look at the targets, then request again.',
      {
        facts: {
          budget_ms: run.budget_ms,
          deadline: run.deadline_at?.toString() ?? null,
          worker: run.worker_id,
        },
      },
    ),
  )
  const ended = await moveRun(tx, run, status, {
    cause: 'timed_out',
    reason,
    finished_at: tx.now,
    fencing_token: run.fencing_token + 1,
    lease_until: null,
  })
  await finishRun(app, tx, out, ended, { recovery: 'not_measured' })
  const incident = await lockIncident(tx, run.incident_id)
  if (incident !== undefined && !(await closeIfOver(app, tx, out, incident, ended)))
    await escalate(app, tx, out, incident, `${run.id} ran out of time: ${reason}.`)
}
