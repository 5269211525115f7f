import type { Tx } from '../../storage/database.ts'
import { type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import { hasProcesses } from '../../storage/watchdog.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { endOverdueRun } from './end-overdue-run.ts'
import { announce, holdBy, type Taken } from './hold-run.ts'
import { silentGraceMs } from './overdue-times.ts'

/** The worker that held the run has let its lease run out. Its fence no longer holds; this worker goes on from the rows. */
export const takeOverRun = async (app: App, tx: Tx, out: Outbound, run: RunRow): Promise<Taken | null> => {
  if (run.lease_until !== null && Temporal.Instant.compare(run.lease_until, tx.now) > 0) {
    out.effect({ kind: 'run', key: run.id, dueAt: run.lease_until })
    return null
  }
  // What the dead worker started may still work: it is the watchdog's to kill, before anybody goes on or says it has ended.
  if (await hasProcesses(tx, run.id)) {
    out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.ringAgainMs }) })
    return null
  }
  if (run.deadline_at !== null && Temporal.Instant.compare(run.deadline_at, tx.now) <= 0) {
    if (await isToBeAsked(tx, run.id, run.deadline_at))
      out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.ringAgainMs }) })
    else await endOverdueRun(app, tx, out, run)
    return null
  }
  const held = await tx.db
    .updateTable('run')
    .set({ ...holdBy(app, tx, run), version: run.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', run.id)
    .where('version', '=', run.version)
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx.db
    .updateTable('target_lock')
    .set({ fencing_token: held.fencing_token })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .execute()
  announce(app, tx, out, held, true)
  return { held, intended: null, cancel: null }
}

/** A step without a result is first asked about, which no transaction may do. Where no watchdog has come by then, none will. */
const isToBeAsked = async (tx: Tx, runId: string, deadline: Temporal.Instant): Promise<boolean> =>
  Temporal.Duration.compare(tx.now.since(deadline), { milliseconds: 2 * silentGraceMs }) < 0 &&
  (await stepsOfRun(tx, runId)).some((step) => step.status === 'intent' && step.phase !== 'verify')
