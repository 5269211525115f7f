import type { Tx } from '../../storage/database.ts'
import { lockIncident } from '../../storage/incident.repository.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showNotice } from '../show/notice.ts'
import { showRun } from '../show/run.ts'

/**
 * What was to undo a run that ended `unknown` has ended before it began. Nothing was undone and nothing is known: the targets
 * stay locked, in the name of that run again, and a person is asked again.
 */
export const askAgain = async (
  app: App,
  tx: Tx,
  out: Outbound,
  undoing: RunRow,
  unknownId: string,
): Promise<void> => {
  await tx.db
    .updateTable('target_lock')
    .set({ run_id: unknownId })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', undoing.id)
    .execute()
  await tx.db
    .updateTable('run')
    .set({ resolution: null })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', unknownId)
    .execute()
  const why = `${undoing.id} was to undo ${unknownId} and ended ${undoing.status} before it began`
  out.audit(
    {
      event: 'run_resolution',
      actor: 'person_suture',
      subject: unknownId,
      details: { resolution: 'asked_again', note: why, undone_by: null },
    },
    undoing.incident_id,
  )
  const incident = await lockIncident(tx, undoing.incident_id)
  if (incident !== undefined)
    await showNotice(app, tx, out, incident, {
      key: `asked-again/${undoing.id}`,
      title: 'A person is needed',
      text: `${why}: ${undoing.reason} The targets of ${unknownId} stay locked. Undo by hand what it may have done, then say on its card what became of it.`,
      tone: 'warning',
    })
  await showRun(app, tx, out, unknownId)
  out.changed('run', unknownId)
}
