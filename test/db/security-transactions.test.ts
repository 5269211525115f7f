import { createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { inTenant, openStore } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { listenForChanges } from '../../src/storage/listen.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** What a connection holds while nobody looks, and what it keeps for the next who gets it. */

let world: CoreWorld
let owner: pg.Client
beforeAll(async () => {
  world = await coreWorld()
  owner = new pg.Client({ connectionString: world.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await world.close()
})

it('H4 no transaction is open while a target is called or a probe is asked', async () => {
  const { name, service } = world.take()
  const open: string[] = []
  let asked = 0
  const look = async (): Promise<void> => {
    asked += 1
    const { rows } = await owner.query<{ query: string }>(
      `select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    )
    open.push(...rows.map((row) => row.query))
  }
  service.beforeEffect = async () => {
    await look()
    return 200
  }
  service.beforeAnswer = look
  const { probeHealth } = world.app
  const app: typeof world.app = {
    ...world.app,
    probeHealth: async (...given) => {
      await look()
      return probeHealth(...given)
    },
  }
  const { runId } = await world.queued(name)
  await performRun(app, testTenant, runId)
  expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
  expect(asked).toBeGreaterThan(4)
  expect(open).toEqual([])
})

it('H4 a connection forgets its tenant with its transaction, however that ends', async () => {
  const store = openStore({ url: world.appUrl, maxConnections: 1, onError: () => undefined })
  const remembered = async () =>
    (
      await store.pool.query<{ tenant: string | null }>(
        `select nullif(current_setting('suture.tenant', true), '') as tenant`,
      )
    ).rows[0]?.tenant
  try {
    await inTenant(store, testTenant, async (tx) => {
      await tx.db.selectFrom('run').select('id').limit(1).execute()
    })
    expect(await remembered()).toBeNull()
    await expect(inTenant(store, testTenant, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await remembered()).toBeNull()
    await expect(
      inTenant(store, testTenant, (tx) =>
        tx.db
          .selectFrom('run')
          .select('nothing' as 'id')
          .execute(),
      ),
    ).rejects.toThrow(/nothing/)
    expect(await remembered()).toBeNull()
  } finally {
    await store.close()
  }
})

it('H9 a server that hangs up is an error of whoever asked, and nothing goes on trying behind their back', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `postgres://suture_app@127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/x`
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    await expect(
      listenForChanges(
        { url, assumeAppRole: false },
        () => undefined,
        () => undefined,
      ),
    ).rejects.toThrow(/ECONNRESET|terminated/)
    await expect(ensureTenant(url, testTenant, 'x')).rejects.toThrow(/ECONNRESET|terminated/)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
    await new Promise((resolve) => server.close(resolve))
  }
})
