import { endOverdue, type RunFacts, type UnitFacts } from '../../domain/next-move.ts'
import type { PlannedStep } from '../../domain/proposal.ts'
import type { Tx } from '../../storage/database.ts'
import { lockIncident } from '../../storage/incident.repository.ts'
import { findProposal, moveRun, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { escalate } from '../heal/escalate.ts'
import type { Answer } from './ask-overdue.ts'
import { closeIfOver } from './close-if-over.ts'
import { endIntents } from './end-intents.ts'
import { finishRun } from './finish-run.ts'
import { noteTimeout } from './note-timeout.ts'
import { resolveProposal } from './resolve-proposal.ts'
import { standingBefore } from './stop-at-gate.ts'
import { unitFacts } from './unit.ts'

/**
 * The whole-run deadline, enforced from outside the worker. The fence moves first, so that a worker which wakes up late
 * can commit nothing more. A step that has an intent, no result and no answer of its target ends `unknown`, and so does its
 * run; what was changed and could not be undone in time ends it `rollback_failed`.
 */
export const endOverdueRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  answers: readonly Answer[] = [],
): Promise<void> => {
  for (const { stepId, phase, happened } of answers)
    await endIntents(tx, out, run, {
      stepId,
      phases: [phase],
      status: happened ? 'succeeded' : 'canceled',
      summary: `the run ran out of time before this step had a result; the target says that it ${happened ? 'happened' : 'did not happen'}`,
    })
  const { status, cause, reason } = endOverdue(await factsOf(app, tx, run), run.budget_ms)
  await endIntents(tx, out, run, {
    status: 'unknown',
    summary: 'the run ran out of time before this step had a result',
  })
  noteTimeout(out, run, 'watchdog', reason)
  const ended = await moveRun(tx, run, status, {
    cause,
    reason,
    finished_at: tx.now,
    fencing_token: run.fencing_token + 1,
    lease_until: null,
  })
  await finishRun(app, tx, out, ended, { recovery: 'not_measured' })
  const incident = await lockIncident(tx, run.incident_id)
  if (incident === undefined || (await closeIfOver(app, tx, out, incident, ended))) return
  const why = `${run.id} ran out of time: ${reason}.`
  await escalate(app, tx, out, incident, `${why} ${await standingBefore(tx, ended)}`.trim())
}

const factsOf = async (app: App, tx: Tx, run: RunRow): Promise<RunFacts> => {
  const proposal = await findProposal(tx, run.proposal_id)
  const resolved = proposal === undefined ? null : await resolveProposal(app, tx, proposal)
  return {
    status: run.status === 'verifying' || run.status === 'rolling_back' ? run.status : 'running',
    cause: run.cause,
    reason: run.reason,
    units: resolved?.ok ? resolved.units.map(unitFacts) : approvedUnits(proposal?.body.plan ?? []),
    // Nothing of what is decided here depends on it: it is over.
    lastStage: true,
    steps: (await stepsOfRun(tx, run.id)).map((row) => ({
      stepId: row.step_id,
      phase: row.phase,
      status: row.status,
    })),
    stopped: 'timed_out',
    recovery: null,
    resumed: true,
    service: proposal?.body.service ?? '',
  }
}

/** Catalogue or playbook have changed beyond it meanwhile: the plan that was approved says what could be undone. */
const approvedUnits = (plan: readonly PlannedStep[]): UnitFacts[] =>
  plan.flatMap(({ id, title, undo, calls = [] }) => {
    const [only = { undo }] = calls
    if (calls.length < 2) return [{ id, title, canUndo: only.undo !== null, hasCheck: false }]
    return calls.map((call, at) => ({
      id: `${id}-${at + 1}`,
      title: `${title} on ${call.target ?? 'no target'}`,
      canUndo: call.undo !== null,
      hasCheck: false,
    }))
  })
