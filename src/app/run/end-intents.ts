import { type StepPhase, type StepStatus, stepPhases } from '../../domain/step.ts'
import type { Tx } from '../../storage/database.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { Outbound } from '../commit.ts'

export interface IntentsEnd {
  readonly status: Exclude<StepStatus, 'intent'>
  readonly summary: string
  /** Of which phases; of all when absent. */
  readonly phases?: readonly StepPhase[]
  /** Of which step; of all when absent. */
  readonly stepId?: string
}

/** Ends what was meant and has no result, with the run: the history tells the end of every step that it tells the beginning of. */
export const endIntents = async (
  tx: Tx,
  out: Outbound,
  run: RunRow,
  { status, summary, phases = stepPhases, stepId }: IntentsEnd,
): Promise<void> => {
  const ended = await tx.db
    .updateTable('step_execution')
    .set({ status, finished_at: tx.now, summary })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'intent')
    .where('phase', 'in', phases)
    .$if(stepId !== undefined, (query) => query.where('step_id', '=', stepId ?? ''))
    .returning(['step_id', 'phase'])
    .execute()
  // Looks leave no entries, neither when they begin nor when they end.
  for (const { step_id: step, phase } of ended)
    if (phase !== 'verify')
      out.audit(
        {
          event: 'step_finished',
          actor: 'person_suture',
          subject: run.id,
          details: { step, phase, status, summary },
        },
        run.incident_id,
      )
}
