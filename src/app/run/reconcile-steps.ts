import type { StepPhase } from '../../domain/step.ts'
import { inTenant } from '../../storage/database.ts'
import { type StepRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import { probe } from './perform-step.ts'

/**
 * After a dead worker: an intent without a result is asked of its target. It happened: it has a result now. It did not:
 * it may be meant again, under the same effect key. Nobody can tell: `unknown`, and a person is asked.
 */
export const reconcileSteps = async (app: App, claim: Claim): Promise<'clear' | 'unknown'> => {
  const steps = await inTenant(app.store, claim.tenantId, (tx) => stepsOfRun(tx, claim.run.id))
  for (const step of steps) {
    if (step.status === 'unknown') return 'unknown'
    if (step.status !== 'intent' || step.phase === 'verify') continue
    const answer = await askTarget(app, claim, step, step.phase)
    if (answer === 'not_happened') continue
    await giveResult(app, claim, step, answer === 'happened')
    if (answer === 'cannot_tell') return 'unknown'
  }
  return 'clear'
}

const askTarget = (app: App, claim: Claim, step: StepRow, phase: Exclude<StepPhase, 'verify'>) => {
  const unit = claim.units.find((each) => each.id === step.step_id)
  const call = phase === 'rollback' ? unit?.rollback : unit?.call
  if (call === undefined || call === null) return Promise.resolve('cannot_tell' as const)
  return probe(app, claim, { id: step.step_id, phase, call })
}

const giveResult = (app: App, claim: Claim, step: StepRow, happened: boolean): Promise<void> =>
  asHolder(app, claim, async (tx, out) => {
    const status = happened ? ('succeeded' as const) : ('unknown' as const)
    const summary = happened
      ? 'its worker died before the result was stored; the target says that it happened'
      : 'its worker died; the target cannot tell whether it happened'
    await tx.db
      .updateTable('step_execution')
      .set({ status, finished_at: tx.now, summary })
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', claim.run.id)
      .where('step_id', '=', step.step_id)
      .where('phase', '=', step.phase)
      .where('status', '=', 'intent')
      .execute()
    out.audit(
      {
        event: 'step_finished',
        actor: 'person_suture',
        subject: claim.run.id,
        details: { step: step.step_id, phase: step.phase, status, summary },
      },
      claim.run.incident_id,
    )
  })
