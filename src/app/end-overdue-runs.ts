import { isActive } from '../domain/run.ts'
import { inTenant } from '../storage/database.ts'
import { lockIncident } from '../storage/incident.repository.ts'
import { findRun, lockRun } from '../storage/run.repository.ts'
import { overdueRuns, processesOfRun } from '../storage/watchdog.repository.ts'
import type { App } from './app.ts'
import { commit } from './commit.ts'
import type { ProcessIdentity } from './ports.ts'
import { endOverdueRun } from './run/end-overdue-run.ts'

export type KillProcess = (
  identity: ProcessIdentity,
  log: (line: string) => void,
) => Promise<'killed' | 'gone' | 'not_ours'>

/** How long after the deadline the watchdog steps in: the worker's own end comes first where the worker lives. */
export const watchdogGraceMs = 2_000

/**
 * Ends every run that is past its deadline and grace, and kills what it started on this host. Returns their ids. One that
 * cannot be ended now is tried again at the next turn, and keeps none of the others waiting.
 */
export const endOverdueRuns = async (app: App, kill: KillProcess): Promise<string[]> => {
  const ended: string[] = []
  for (const { tenantId, runId } of await overdueRuns(app.store, watchdogGraceMs))
    try {
      await killProcesses(app, kill, tenantId, runId)
      if (await endIfActive(app, tenantId, runId)) ended.push(runId)
    } catch (error) {
      app.log.error({ run: runId, error }, 'an overdue run could not be ended; trying again at the next turn')
    }
  return ended
}

const killProcesses = async (app: App, kill: KillProcess, tenantId: string, runId: string): Promise<void> => {
  const processes = await inTenant(app.store, tenantId, (tx) => processesOfRun(tx, runId, app.host))
  for (const identity of processes)
    try {
      const result = await kill(identity, (line) => app.log.warn({ run: runId, pid: identity.pid }, line))
      app.log.warn(
        { run: runId, pid: identity.pid, result },
        'the watchdog ended a process of an overdue run',
      )
    } catch (error) {
      app.log.error(
        { run: runId, pid: identity.pid, error },
        'a process of an overdue run could not be killed; its run ends all the same',
      )
    }
}

const endIfActive = (app: App, tenantId: string, runId: string): Promise<boolean> =>
  commit(app, tenantId, async (tx, out) => {
    const seen = await findRun(tx, runId)
    if (seen === undefined) return false
    await lockIncident(tx, seen.incident_id)
    const run = await lockRun(tx, runId)
    if (run === undefined || !isActive(run.status)) return false
    await endOverdueRun(app, tx, out, run)
    return true
  })
