import { type Caller, type Person, sutureItself } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { type BreakGlassRow, lockGlass, updateGlass } from '../../storage/break-glass.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { type BreakGlassView, glassView } from '../read/break-glass.ts'
import { governanceButton } from '../show/governance-buttons.ts'
import { announce } from './announce.ts'

/** By hand, before its time is up: whoever may vote may end it, which only makes things stricter. */
export const endBreakGlass = (app: App, caller: Caller, id: string): Promise<BreakGlassView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { person } = caller
    const about = { actor: person.id, subject: id, command: 'end_break_glass' }
    const refusal = refuseWithout(
      app,
      person,
      await standingNow(app, tx, person.id),
      ['responder', 'approver', 'override'],
      reject('forbidden', `${person.name} may look, but not end it.`, 'Ask someone with the role responder.'),
    )
    if (refusal !== null) return refused(out, about, refusal)
    const row = await lockGlass(tx, id)
    if (row === undefined) return refused(out, about, noGlass(id))
    if (row.ended_at !== null)
      return refused(
        out,
        about,
        reject('already_decided', `${id} has ended already.`, 'Somebody else reviews it.'),
      )
    return glassView(tx, await closeGlass(app, tx, out, row, person))
  })

/** Its time is up. Rung by the sweeper; harmless when somebody was first. */
export const expireBreakGlass = (app: App, tenantId: string, id: string): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const row = await lockGlass(tx, id)
    if (row === undefined || row.ended_at !== null) return out.settle('break_glass', id)
    if (Temporal.Instant.compare(tx.now, row.until) < 0)
      return out.effect({ kind: 'break_glass', key: id, dueAt: row.until })
    await closeGlass(app, tx, out, row, null)
  })

/** Null: its time ran out. */
export const closeGlass = async (
  app: App,
  tx: Tx,
  out: Outbound,
  row: BreakGlassRow,
  by: Pick<Person, 'id' | 'name'> | null,
): Promise<BreakGlassRow> => {
  const ended = await updateGlass(tx, row.id, {
    ended_at: by === null ? row.until : tx.now,
    ended_by: by?.id ?? null,
  })
  out.settle('break_glass', row.id)
  out.audit({
    event: 'break_glass_ended',
    actor: by?.id ?? sutureItself,
    subject: row.id,
    details: { service: row.service, expired: by === null },
  })
  out.changed('governance', tx.tenantId)
  await announce(app, tx, out, row.service, {
    key: `${row.id}/end`,
    title: 'The glass is whole again',
    text: `${by === null ? `The time of ${row.id} is up.` : `${by.name} ended ${row.id}.`} Suture does no more than propose here until somebody other than who broke it reviews what was done: /heal review ${row.id} with a note, or in the console.`,
    tone: 'warning',
    actions: [await governanceButton(tx, app.ids.token, 'review', row.id)],
  })
  return ended
}

export const noGlass = (id: string): Rejection =>
  reject('not_found', `There is no break-glass ${id}.`, 'The governance page of the console lists them.')
