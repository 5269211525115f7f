import { fails, passes } from '../../domain/self-test.ts'
import { inTenant } from '../../storage/database.ts'
import { readTrial, writeTrial } from '../../storage/self-test.repository.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

class TakenBack extends Error {}

/** Writes and reads in a transaction that is rolled back, and sees that nothing of it is left. */
export const databaseCheck = ({ app, tenantId }: SelfTestScope): SelfCheck => ({
  name: 'database',
  shows: 'PostgreSQL takes a write, gives it back, and forgets it when it is rolled back',
  look: async () => {
    const written = app.ids.token()
    let seen: string | null = null
    try {
      await inTenant(app.store, tenantId, async (tx) => {
        await writeTrial(tx, written)
        seen = await readTrial(tx)
        throw new TakenBack('the trial is over')
      })
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error
    }
    if (seen !== written)
      return fails(
        'what was written was not read back',
        'Look at the log of PostgreSQL before anything is healed.',
      )
    const left = await inTenant(app.store, tenantId, readTrial, { readOnly: true })
    return left === written
      ? fails(
          'what was rolled back is still there',
          'Look at the log of PostgreSQL before anything is healed.',
        )
      : passes('written, read and rolled back')
  },
})
