import { effectKey, type StepPhase } from '../../domain/step.ts'
import type { Tx } from '../../storage/database.ts'
import { putIntent, type RunRow, type StepRow } from '../../storage/run.repository.ts'
import type { Outbound } from '../commit.ts'
import type { Call, Unit } from './unit.ts'

export interface StepToPerform {
  readonly id: string
  readonly phase: Exclude<StepPhase, 'verify'>
  readonly title: string
  readonly position: number
  readonly call: Call
}

export const actionStep = ({ id, title, position, call }: Unit): StepToPerform => ({
  id,
  phase: 'action',
  title,
  position,
  call,
})

/** @throws Error for a unit without a rollback: `stillToUndo` has ruled that out. */
export const rollbackStep = ({ id, title, position, rollback }: Unit): StepToPerform => {
  if (rollback === null) throw new Error(`step ${id} has nothing that undoes it`)
  return { id, phase: 'rollback', title: `Undo: ${title}`, position, call: rollback }
}

/** Says what is about to be done, under which effect key and fence. Nothing may be done before this is committed. */
export const writeIntent = async (
  tx: Tx,
  out: Outbound,
  run: RunRow,
  step: StepToPerform,
): Promise<StepRow> => {
  const row = {
    tenant_id: tx.tenantId,
    run_id: run.id,
    step_id: step.id,
    phase: step.phase,
    position: step.position,
    title: step.title,
    status: 'intent' as const,
    fencing_token: run.fencing_token,
    started_at: tx.now,
  }
  const written = await putIntent(tx, row)
  if (written === undefined)
    throw new Error(`${run.id}: step ${step.id} (${step.phase}) already has a result`)
  out.audit(
    {
      event: 'step_intended',
      actor: 'person_suture',
      subject: run.id,
      details: {
        step: step.id,
        phase: step.phase,
        action: step.call.action,
        parameters: { ...step.call.parameters },
        target: step.call.target?.name ?? null,
        effect_key: effectKey(run.id, step.id, step.phase),
        fence: run.fencing_token,
      },
    },
    run.incident_id,
  )
  return written
}
