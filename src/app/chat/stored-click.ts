import type { Caller } from '../../domain/person.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { ClickOutcome } from '../click.ts'
import type { Press } from '../ports.ts'

/** From here on the press survives this process: a sweeper takes it up where no outcome is written. */
export const storeClick = (app: App, caller: Caller, { token, note, answers }: Press): Promise<string> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    const id = app.ids.uuid()
    await tx.db
      .insertInto('click')
      .values({
        tenant_id: tx.tenantId,
        id,
        token,
        person_id: caller.person.id,
        via: caller.via,
        note,
        answers: answers === undefined ? null : JSON.stringify(answers),
        received_at: tx.now,
      })
      .execute()
    return id
  })

/** The first outcome stands. */
export const writeOutcome = (app: App, tenantId: string, id: string, outcome: ClickOutcome): Promise<void> =>
  inTenant(app.store, tenantId, async (tx) => {
    await tx.db
      .updateTable('click')
      .set({ outcome: JSON.stringify(outcome) })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id)
      .where('outcome', 'is', null)
      .execute()
  })

export const faultOutcome: ClickOutcome = {
  done: false,
  title: 'That did not work',
  message: 'That did not work; nothing was changed.',
  remedy: 'Press again in a minute.',
  code: 'fault',
}
