import type { Recovery } from '../../domain/learning.ts'
import type { RunCause, RunStatus } from '../../domain/run.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import { moveRun, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { alertsSettleMs } from '../heal/alerts-settle.ts'
import { escalate } from '../heal/escalate.ts'
import { showIncidents } from '../show/incident.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import { closeIfOver } from './close-if-over.ts'
import { finishRun } from './finish-run.ts'

export interface Conclusion {
  readonly status: RunStatus
  readonly cause: RunCause | null
  readonly reason: string
  readonly recovery: Recovery
}

/** The fifth commit: the run ends, is learned from, lets go of its targets, and the incident goes on from there. */
export const concludeRun = (
  app: App,
  claim: Claim,
  { status, cause, reason, recovery }: Conclusion,
): Promise<void> =>
  asHolder(
    app,
    claim,
    async (tx, out, run) => {
      const ended = await moveRun(tx, run, status, { cause, reason, finished_at: tx.now, lease_until: null })
      await finishRun(app, tx, out, ended, { recovery })
      const incident = await lockIncident(tx, run.incident_id)
      if (incident !== undefined && !(await closeIfOver(app, tx, out, incident, ended)))
        await moveOn(app, tx, out, incident, ended)
    },
    { withIncident: true },
  )

const moveOn = async (app: App, tx: Tx, out: Outbound, incident: IncidentRow, run: RunRow): Promise<void> => {
  if (run.status === 'succeeded') {
    // The service answers again, but its alerts have not resolved yet: they have the last word.
    out.effect({ kind: 'heal', key: incident.id, dueAt: tx.now.add({ milliseconds: alertsSettleMs }) })
    await showIncidents(app, tx, out, [incident])
    return
  }
  const tryNext = run.cause === 'failed' || run.cause === 'not_recovered'
  if (tryNext && (run.status === 'failed' || run.status === 'rolled_back')) {
    const open = await moveIncident(tx, incident, 'open')
    out.effect({ kind: 'heal', key: incident.id })
    await showIncidents(app, tx, out, [open])
    return
  }
  await escalate(app, tx, out, incident, `${run.id} ended ${run.status.replaceAll('_', ' ')}: ${run.reason}.`)
}
