import type { RunCause } from '../../domain/run.ts'
import { moveRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'

/** From here on the run only undoes: the completed steps, last first, each with an intent, a result and an effect key of its own. */
export const beginRollBack = (app: App, claim: Claim, cause: RunCause, reason: string): Promise<void> =>
  asHolder(app, claim, async (tx, out, run) => {
    await moveRun(tx, run, 'rolling_back', { cause, reason })
    out.audit(
      { event: 'run_rolling_back', actor: 'person_suture', subject: run.id, details: { cause, reason } },
      run.incident_id,
    )
    await showRun(app, tx, out, run.id)
    out.changed('run', run.id)
  })
