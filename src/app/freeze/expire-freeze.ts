import { sutureItself } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import { endFreeze, type FreezeRow, lockFreeze } from '../../storage/freeze.repository.ts'
import type { App } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { showNotice } from '../show/notice.ts'
import { takeButtonOff } from '../show/take-button-off.ts'
import { incidentsTold } from './incidents-touched.ts'

/** Its time has come. Rung by the sweeper; harmless when it rings twice, or when somebody has lifted it first. */
export const expireFreeze = (app: App, tenantId: string, id: string): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const row = await lockFreeze(tx, id)
    if (row === undefined || row.ended_at !== null) return out.settle('freeze', id)
    if (Temporal.Instant.compare(tx.now, row.ends_at) < 0)
      return out.effect({ kind: 'freeze', key: id, dueAt: row.ends_at })
    await endFreeze(tx, id, { at: row.ends_at, by: null })
    out.settle('freeze', id)
    out.audit({
      event: 'freeze_ended',
      actor: sutureItself,
      subject: id,
      details: { what: row.what, until: row.ends_at.toString(), set_by: row.set_by },
    })
    await tell(app, tx, out, row)
    out.changed('governance', tx.tenantId)
  })

/** Where it was announced. What it put off Suture looks at again by itself at this hour, so nothing is rung for. */
const tell = async (app: App, tx: Tx, out: Outbound, row: FreezeRow): Promise<void> => {
  const told = await incidentsTold(tx, row)
  for (const incident of told)
    await showNotice(app, tx, out, incident, {
      key: `thawed-${row.id}-${incident.id}`,
      title: `No longer frozen: ${row.what}`,
      text: `The time of ${row.id} is up. What it refused can be requested again.`,
      tone: 'good',
    })
  await takeButtonOff(app, tx, out, { command: 'unfreeze', subject: row.id }, told)
}
