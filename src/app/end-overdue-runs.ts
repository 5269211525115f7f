import { isActive } from '../domain/run.ts'
import { inTenant } from '../storage/database.ts'
import { lockIncident } from '../storage/incident.repository.ts'
import { findRun, lockRun } from '../storage/run.repository.ts'
import {
  abandonedProcesses,
  abandonedRuns,
  forgetProcess,
  overdueRuns,
  processesOfRun,
} from '../storage/watchdog.repository.ts'
import type { App } from './app.ts'
import { commit } from './commit.ts'
import type { ProcessIdentity } from './ports.ts'
import { type Answer, askOverdue } from './run/ask-overdue.ts'
import { endOverdueRun } from './run/end-overdue-run.ts'
import { silentGraceMs, watchdogGraceMs } from './run/overdue-times.ts'
import { performRun } from './run/perform-run.ts'

export type KillProcess = (
  identity: ProcessIdentity,
  log: (line: string) => void,
) => Promise<'killed' | 'gone' | 'not_ours'>

/** One turn of the watchdog; each of its looks goes on where another fails. */
export const watchOnce = async (app: App, kill: KillProcess, undoes: boolean): Promise<void> => {
  await killAbandoned(app, kill)
  // Undoing may take as long as the time kept back for it; the runs that are overdue don't wait for that.
  if (undoes) void undoAbandonedRuns(app)
  await endOverdueRuns(app, kill, undoes)
}

/** Ends what this host's workers have started for runs that they no longer hold: nobody waits for its result any more. */
export const killAbandoned = async (app: App, kill: KillProcess): Promise<void> => {
  for (const { tenantId, runId, identity } of await abandonedProcesses(app.store, app.host))
    try {
      const result = await kill(identity, (line) => app.log.warn({ run: runId, pid: identity.pid }, line))
      app.log.warn(
        { run: runId, pid: identity.pid, result },
        'the watchdog ended a process whose worker no longer holds its run',
      )
      await inTenant(app.store, tenantId, (tx) => forgetProcess(tx, runId, identity.pid))
    } catch (error) {
      app.log.error({ run: runId, pid: identity.pid, error }, 'an abandoned process could not be killed')
    }
}

/**
 * Goes on with runs whose time to undo has begun and which no worker has taken over: what is left of them is undoing.
 * Resolves when all of it is done; a run that is under way here already is left alone, as its lease holds.
 */
export const undoAbandonedRuns = async (app: App): Promise<string[]> => {
  const abandoned = await abandonedRuns(app.store).catch((error: unknown) => {
    app.log.error({ error }, 'the watchdog could not look for abandoned runs')
    return []
  })
  await Promise.all(
    abandoned.map(({ tenantId, runId }) =>
      performRun(app, tenantId, runId).catch((error: unknown) =>
        app.log.error({ run: runId, error }, 'an abandoned run could not be undone; trying again'),
      ),
    ),
  )
  return abandoned.map(({ runId }) => runId)
}

/**
 * Ends every run that is past its deadline and grace, and kills what it started on this host. With `asks`, targets are asked first
 * about steps without a result, all at once. Returns the ids. One that cannot be ended now is tried again at the next turn,
 * and keeps none of the others waiting.
 */
export const endOverdueRuns = async (app: App, kill: KillProcess, asks = true): Promise<string[]> => {
  const overdue = await overdueRuns(app.store, asks ? watchdogGraceMs : silentGraceMs)
  const ends = overdue.map(async ({ tenantId, runId }) => {
    try {
      const quiet = await killProcesses(app, kill, tenantId, runId)
      const answers = asks && quiet ? await askOverdue(app, tenantId, runId) : []
      return (await endIfActive(app, tenantId, runId, answers)) ? [runId] : []
    } catch (error) {
      app.log.error({ run: runId, error }, 'an overdue run could not be ended; trying again at the next turn')
      return []
    }
  })
  return (await Promise.all(ends)).flat()
}

/** Whether nothing that it started here still works. */
const killProcesses = async (
  app: App,
  kill: KillProcess,
  tenantId: string,
  runId: string,
): Promise<boolean> => {
  let quiet = true
  const processes = await inTenant(app.store, tenantId, (tx) => processesOfRun(tx, runId, app.host))
  for (const identity of processes)
    try {
      const result = await kill(identity, (line) => app.log.warn({ run: runId, pid: identity.pid }, line))
      app.log.warn(
        { run: runId, pid: identity.pid, result },
        'the watchdog ended a process of an overdue run',
      )
    } catch (error) {
      quiet = false
      app.log.error(
        { run: runId, pid: identity.pid, error },
        'a process of an overdue run could not be killed; its run ends all the same',
      )
    }
  return quiet
}

const endIfActive = (
  app: App,
  tenantId: string,
  runId: string,
  answers: readonly Answer[],
): Promise<boolean> =>
  commit(app, tenantId, async (tx, out) => {
    const seen = await findRun(tx, runId)
    if (seen === undefined) return false
    await lockIncident(tx, seen.incident_id)
    const run = await lockRun(tx, runId)
    if (run === undefined || !isActive(run.status)) return false
    await endOverdueRun(app, tx, out, run, answers)
    return true
  })
