import type { RunCause } from '../../domain/run.ts'
import type { StepStatus } from '../../domain/step.ts'
import { inTenant } from '../../storage/database.ts'
import { moveRun, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'
import { performStep } from './perform-step.ts'
import type { Unit } from './unit.ts'

export type RollBackEnd = 'nothing_to_undo' | 'rolled_back' | 'rollback_failed' | 'unknown'

/** Undoes the completed steps, last first. Each undoing has an intent, a result and an effect key of its own. */
export const rollBack = async (
  app: App,
  claim: Claim,
  control: Control,
  cause: RunCause,
  reason: string,
): Promise<RollBackEnd> => {
  const undoable = await completedWithUndo(app, claim)
  if (undoable.length === 0) return 'nothing_to_undo'
  await beginRollBack(app, claim, cause, reason)
  const known = await undoings(app, claim)
  for (const unit of undoable) {
    if (unit.rollback === null) continue
    const before = known.get(unit.id)
    if (before === 'succeeded') continue
    // A result stands, whoever stored it: an undoing that failed is not tried again by the next worker.
    if (before !== undefined && before !== 'intent')
      return before === 'unknown' ? 'unknown' : 'rollback_failed'
    const status = await performStep(
      app,
      claim,
      {
        id: unit.id,
        phase: 'rollback',
        title: `Undo: ${unit.title}`,
        position: unit.position,
        call: unit.rollback,
      },
      {
        signal: control.undo,
        mayAct: control.mayAct,
        assertHeld: control.assertHeld,
        leftMs: control.undoLeftMs,
      },
    )
    if (status === 'unknown') return 'unknown'
    if (status !== 'succeeded') return 'rollback_failed'
  }
  return 'rolled_back'
}

const completedWithUndo = (app: App, claim: Claim): Promise<Unit[]> =>
  inTenant(app.store, claim.tenantId, async (tx) => {
    const steps = await stepsOfRun(tx, claim.run.id)
    const completed = new Set(
      steps
        .filter((step) => step.phase === 'action' && step.status === 'succeeded')
        .map((step) => step.step_id),
    )
    return claim.units.filter((unit) => completed.has(unit.id) && unit.rollback !== null).reverse()
  })

const undoings = (app: App, claim: Claim): Promise<Map<string, StepStatus>> =>
  inTenant(app.store, claim.tenantId, async (tx) => {
    const steps = await stepsOfRun(tx, claim.run.id)
    return new Map(
      steps.filter((step) => step.phase === 'rollback').map((step) => [step.step_id, step.status]),
    )
  })

const beginRollBack = (app: App, claim: Claim, cause: RunCause, reason: string): Promise<void> =>
  asHolder(app, claim, async (tx, out, run) => {
    if (run.status === 'rolling_back') return
    await moveRun(tx, run, 'rolling_back', { cause, reason })
    out.audit(
      { event: 'run_rolling_back', actor: 'person_suture', subject: run.id, details: { cause, reason } },
      run.incident_id,
    )
    await showRun(app, tx, out, run.id)
    out.changed('run', run.id)
  })
