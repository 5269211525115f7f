import type { Recovery } from '../../domain/learning.ts'
import type { RunCause, RunStatus } from '../../domain/run.ts'
import { alertFacesAlong } from '../../storage/alert.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { type AlertFaces, type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import { moveRun, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { openNextStage } from '../approval/open-next-stage.ts'
import type { Outbound } from '../commit.ts'
import { alertsSettleMs } from '../heal/alerts-settle.ts'
import { escalate } from '../heal/escalate.ts'
import { drawIncidents, showIncidents } from '../show/incident.ts'
import { postCardsAlong } from '../show/post-cards.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import { closeIfOver } from './close-if-over.ts'
import { endIntents } from './end-intents.ts'
import { finishRun } from './finish-run.ts'
import { type CheckNote, writeNotes } from './note-checks.ts'
import { noteTimeout } from './note-timeout.ts'
import { standingBefore } from './stop-at-gate.ts'

export interface Conclusion {
  readonly status: RunStatus
  readonly cause: RunCause | null
  readonly reason: string
  readonly recovery: Recovery
  /** What the checks showed in the end, where that decided it. */
  readonly notes?: readonly CheckNote[]
}

/** The fifth commit: the run ends, is learned from, lets go of its targets, and the incident goes on from there. */
export const concludeRun = (
  app: App,
  claim: Claim,
  { status, cause, reason, recovery, notes = [] }: Conclusion,
): Promise<void> =>
  asHolder(
    app,
    claim,
    async (tx, out, run, incident) => {
      if (claim.resumed) await closeUnbegun(tx, out, run)
      if (cause === 'timed_out' && isOutOfTime(tx, run)) noteTimeout(out, run, 'worker', reason)
      // Of an incident that goes on; asked along with what ends the run.
      const faces =
        incident === undefined || status !== 'succeeded' ? undefined : alertFacesAlong(tx, [incident.id])
      const [ended] = await Promise.all([
        moveRun(tx, run, status, { cause, reason, finished_at: tx.now, lease_until: null }),
        writeNotes(tx, claim, notes),
        faces,
      ])
      await finishRun(app, tx, out, ended, { recovery, proposal: claim.proposal })
      if (incident !== undefined && status === 'succeeded' && !claim.lastStage)
        return openNextStage(app, tx, out, { incident, proposal: claim.proposal, done: ended })
      if (incident !== undefined && !(await closeIfOver(app, tx, out, incident, ended)))
        await moveOn(app, tx, out, incident, ended, await faces)
    },
    { kind: 'conclusion', withIncident: true },
  )

/**
 * The run itself, not just one of its steps. A worker's clock, on the safe side, may have been a moment early. What only undoes
 * another run has all of its time for that.
 */
const isOutOfTime = (tx: Tx, run: RunRow): boolean => {
  const until = run.undo_of === null ? run.work_until : run.deadline_at
  return until !== null && Temporal.Instant.compare(tx.now.add({ seconds: 1 }), until) >= 0
}

/** An intent of a dead worker that its target says never happened, and that nobody meant again before the run was stopped. */
const closeUnbegun = (tx: Tx, out: Outbound, run: RunRow): Promise<void> =>
  endIntents(tx, out, run, {
    status: 'canceled',
    summary: 'not begun: the target says that nothing happened',
    phases: ['action', 'rollback'],
  })

const moveOn = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  run: RunRow,
  faces?: ReadonlyMap<string, AlertFaces>,
): Promise<void> => {
  if (run.status === 'succeeded') {
    // The service answers again, but its alerts have not resolved yet: they have the last word.
    out.effect({ kind: 'heal', key: incident.id, dueAt: tx.now.add({ milliseconds: alertsSettleMs }) })
    await postCardsAlong(app, tx, out, await drawIncidents(app, tx, out, [incident], faces))
    return
  }
  const tryNext = run.cause === 'failed' || run.cause === 'not_recovered'
  // Beside a stage that stands another playbook would act on half of a change.
  if (tryNext && run.stage === 0 && (run.status === 'failed' || run.status === 'rolled_back')) {
    const open = await moveIncident(tx, incident, 'open')
    out.effect({ kind: 'heal', key: incident.id })
    await showIncidents(app, tx, out, [open])
    return
  }
  const why = `${run.id} ended ${run.status.replaceAll('_', ' ')}: ${run.reason}.`
  await escalate(app, tx, out, incident, `${why} ${await standingBefore(tx, run)}`.trim())
}
