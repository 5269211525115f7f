import { stepsOfStage } from '../../domain/stages.ts'
import { rollbackFailedCard } from '../../message/rollback-failed-card.ts'
import type { Tx } from '../../storage/database.ts'
import { type ProposalRow, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { executedOf, plannedUnits } from './planned-units.ts'
import { postCards } from './post-cards.ts'

/** A notice of its own in the thread: what could not be undone, and by which call it should have been. */
export const showRollbackFailed = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  { body }: ProposalRow,
): Promise<void> => {
  const steps = await stepsOfRun(tx, run.id)
  await postCards(app, tx, out, [
    {
      key: `notice/rollback-failed-${run.id}`,
      kind: 'notice',
      incidentId: run.incident_id,
      service: body.service,
      card: rollbackFailedCard({
        runId: run.id,
        incidentId: run.incident_id,
        title: body.playbookTitle,
        service: body.service,
        reason: `${run.id} ended so: ${run.reason}.`,
        planned: plannedUnits(stepsOfStage(body.plan, run.stage), undefined, steps),
        executions: steps.map(executedOf),
      }),
    },
  ])
}
