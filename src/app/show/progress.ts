import type { CardStep } from '../../domain/card.ts'
import type { StoredProposal } from '../../domain/proposal.ts'
import type { RunStatus } from '../../domain/run.ts'
import { isLastStage, stepsOfStage } from '../../domain/stages.ts'
import { stepsInWords, undoingInWords } from '../../message/run-steps.ts'
import type { Tx } from '../../storage/database.ts'
import type { StepRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { executedOf, plannedUnits } from './planned-units.ts'

export interface Progress {
  /** Every step and check, also those that have not begun. */
  readonly steps: readonly CardStep[]
  /** Only what succeeded; of a run that undoes another, what was taken back. */
  readonly done: number
  readonly total: number
}

/** How far a run is: the same count on cards, pages and in lists. */
export const progressOf = async (
  app: App,
  tx: Tx,
  proposal: { readonly body: StoredProposal; readonly playbook_digest: string },
  rows: readonly StepRow[],
  run: { readonly status: RunStatus; readonly undo_of: string | null; readonly stage: number },
): Promise<Progress> => {
  const { playbooks } = await app.configuration.of(tx.tenantId)
  const playbook = playbooks.find((loaded) => loaded.digest === proposal.playbook_digest)?.playbook
  const { plan } = proposal.body
  const planned = plannedUnits(stepsOfStage(plan, run.stage), playbook, rows)
  const undoes = run.undo_of !== null
  const executed = rows.map(executedOf)
  const steps = undoes
    ? undoingInWords(planned, executed, run.status)
    : stepsInWords(planned, executed, run.status, { verifies: isLastStage(plan, run.stage) })
  const done = steps.filter(({ mark }) => mark === (undoes ? 'undone' : 'succeeded')).length
  return { steps, done, total: steps.length }
}
