import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { endFreeze, type FreezeRow, lockFreeze } from '../../storage/freeze.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { lookAgainNow } from '../heal/look-again-now.ts'
import { showNotice } from '../show/notice.ts'
import { takeButtonOff } from '../show/take-button-off.ts'
import { incidentsTold, incidentsTouched } from './incidents-touched.ts'
import { refuseFreezing } from './may-freeze.ts'

export interface FreezeLifted {
  readonly id: string
  readonly what: string
}

/** Ends a freeze before its time. What was refused has to be asked for again, or is looked at anew where Suture meant to. */
export const liftFreeze = async (app: App, caller: Caller, id: string): Promise<FreezeLifted | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: id, command: 'unfreeze' }
    const forbidden = await refuseFreezing(app, tx, caller)
    if (forbidden !== null) return refused(out, about, forbidden)
    const row = await lockFreeze(tx, id)
    if (row === undefined) return notThere(id)
    if (row.ended_at !== null || Temporal.Instant.compare(row.ends_at, tx.now) <= 0)
      return refused(out, about, over(row))
    await endFreeze(tx, id, { at: tx.now, by: caller.person.id })
    out.audit({
      event: 'freeze_lifted',
      actor: caller.person.id,
      subject: id,
      details: { what: row.what, until: row.ends_at.toString(), set_by: row.set_by, via: caller.via },
    })
    await tell(app, tx, out, row, caller)
    out.settle('freeze', id)
    out.changed('governance', tx.tenantId)
    return { id, what: row.what }
  })

const tell = async (app: App, tx: Tx, out: Outbound, row: FreezeRow, caller: Caller): Promise<void> => {
  const touched = await incidentsTouched(tx, row, await app.configuration.of(tx.tenantId))
  for (const incident of touched)
    await showNotice(app, tx, out, incident, {
      key: `thawed-${row.id}-${incident.id}`,
      title: `No longer frozen: ${row.what}`,
      text: `${caller.person.name} has lifted ${row.id}. What it refused can be requested again.`,
      tone: 'good',
    })
  const told = (await incidentsTold(tx, row)).filter(({ id }) => touched.every((each) => each.id !== id))
  await takeButtonOff(app, tx, out, { command: 'unfreeze', subject: row.id }, [...touched, ...told])
  await lookAgainNow(tx, out, touched, row.ends_at)
}

const notThere = (id: string): Rejection =>
  id.startsWith('frz-')
    ? reject('not_found', `There is no freeze ${id}.`, '/heal freezes lists those in force.')
    : reject(
        'not_found',
        `There is no freeze ${id} that somebody has set.`,
        'A freeze of the policy is taken out of its file by an admin; /heal freezes lists the others.',
      )

const over = (row: FreezeRow): Rejection =>
  reject(
    'already_decided',
    `${row.id} is over already: ${row.ended_by === null ? 'its time has passed' : 'somebody has lifted it'}.`,
    'Nothing to do.',
  )
