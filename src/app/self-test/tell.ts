import { inTenant } from '../../storage/database.ts'
import { notifyChanges } from '../../storage/notify.ts'
import type { App } from '../app.ts'

/** Tells whoever watches that a self-test has moved. Writes nothing. */
export const tell = (app: Pick<App, 'store'>, tenantId: string, id: string): Promise<void> =>
  inTenant(app.store, tenantId, async (tx) => {
    for (const statement of notifyChanges(tx, [['self_test', id]])) await statement.execute(tx.db)
  })
