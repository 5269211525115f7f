import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { approversOfRun } from '../../src/app/identity/standing-now.ts'
import { inTenant, openStore, type Store, type Tx } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

/** What still runs beside a statement that has failed, when its transaction is over. */

let world: TestApp
let store: Store
beforeAll(async () => {
  world = await testApp()
  store = openStore({ url: world.appUrl, maxConnections: 1, onError: () => undefined })
})
afterAll(async () => {
  await store.close()
  await world.close()
})

const stop = (tx: Tx) =>
  tx.db.updateTable('governance').set({ emergency_stop: true }).where('tenant_id', '=', testTenant).execute()

it('H4 what was begun beside a statement that fails writes nothing into the transaction that comes next', async () => {
  const late = Promise.withResolvers<void>()
  let straggling: Promise<unknown> = Promise.resolve()
  const failed = inTenant(store, testTenant, async (tx) => {
    straggling = late.promise.then(() => stop(tx))
    await Promise.all([straggling, sql`select 1 / 0`.execute(tx.db)])
  })
  await expect(failed).rejects.toThrow(/division by zero/)
  await inTenant(store, testTenant, async (tx) => {
    await sql`select 1`.execute(tx.db)
    late.resolve()
    await straggling.catch(() => undefined)
  })
  const { emergency_stop: stopped } = await inTenant(store, testTenant, (tx) =>
    tx.db.selectFrom('governance').select('emergency_stop').executeTakeFirstOrThrow(),
  )
  expect(stopped).toBe(false)
})

it('H4 a connection that is lost while approvers are read is an error of whoever asked, and of nobody else', async () => {
  const unheard: unknown[] = []
  const note = (error: unknown): void => {
    unheard.push(error)
  }
  process.on('unhandledRejection', note)
  try {
    const failed = inTenant(store, testTenant, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.db)
      const reading = approversOfRun(world.app, tx, 'run-1')
      reading.catch(() => undefined)
      await world.app.store.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await reading
    })
    await expect(failed).rejects.toThrow(/terminat|hang up|ECONNRESET/)
    // Node tells of what nobody has caught after this turn.
    await new Promise((resolve) => setImmediate(resolve))
    expect(unheard).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})
