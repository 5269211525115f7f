import type { StepStatus } from '../../domain/step.ts'
import type { Tx } from '../../storage/database.ts'
import { writeCheckSteps } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'

/** How one check stands, as its step execution tells it. */
export interface CheckNote {
  readonly stepId: string
  readonly title: string
  readonly position: number
  readonly status: Exclude<StepStatus, 'unknown'>
  readonly summary: string
}

/**
 * Writes how the checks stand, in whoever's commit. A check of a worker that died is looked at anew, and its row begins
 * anew with it: unlike an effect, a reading can be taken twice.
 */
export const writeNotes = async (
  tx: Tx,
  claim: Claim,
  notes: readonly CheckNote[],
  { begins = false }: { readonly begins?: boolean } = {},
): Promise<void> => {
  if (notes.length === 0) return
  await writeCheckSteps(
    tx,
    notes.map(({ stepId, title, position, status, summary }) => ({
      tenant_id: tx.tenantId,
      run_id: claim.run.id,
      step_id: stepId,
      phase: 'verify',
      position,
      title,
      status,
      started_at: tx.now,
      finished_at: status === 'intent' ? null : tx.now,
      summary: summary.slice(0, 1_000),
      fencing_token: claim.fence,
    })),
    begins,
  )
}

/** The same in a commit of its own, with the card that shows it. */
export const noteChecks = (
  app: App,
  claim: Claim,
  notes: readonly CheckNote[],
  how: { readonly begins?: boolean } = {},
): Promise<void> =>
  asHolder(app, claim, async (tx, out) => {
    await writeNotes(tx, claim, notes, how)
    await showRun(app, tx, out, claim.run.id)
    out.changed('run', claim.run.id)
  })
