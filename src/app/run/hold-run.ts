import type { Tx } from '../../storage/database.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import type { StepToPerform } from './write-intent.ts'

/** A run in this worker's hands, as it stands in the row. */
export interface Taken {
  readonly held: RunRow
  readonly intended: StepToPerform | null
  readonly cancel: string | null
}

/** The fence moves with every change of hands. */
export const holdBy = (app: App, tx: Tx, run: RunRow) => ({
  worker_id: app.workerId,
  fencing_token: run.fencing_token + 1,
  lease_until: tx.now.add({ milliseconds: app.limits.leaseMs }),
})

export const announce = (app: App, tx: Tx, out: Outbound, run: RunRow, resumed: boolean): void => {
  out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.leaseMs }) })
  out.audit(
    {
      event: 'run_started',
      actor: 'person_suture',
      subject: run.id,
      details: {
        worker: app.workerId,
        fence: run.fencing_token,
        deadline: run.deadline_at?.toString() ?? null,
        resumed,
        policy_checked: true,
      },
    },
    run.incident_id,
  )
  out.changed('run', run.id)
}
