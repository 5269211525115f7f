import { afterAll, beforeAll, expect, it } from 'vitest'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { takeExport } from './seal-verify.ts'
import { keysInHand, sealerOf, write } from './seal-world.ts'

let world: TestApp
const keys = keysInHand()
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

it('A1 an entry that was taken out of the line before it was sealed is found, sealed and told of', async () => {
  const told: unknown[] = []
  let ms = 0
  const app = {
    ...world.app,
    clock: { ...world.app.clock, monotonicMs: () => ms },
    log: { ...world.app.log, error: (...said: unknown[]) => void told.push(said) },
  }
  const sealer = sealerOf(app, keys.source)
  await write(app, 3)
  await sealer.turn()
  await write(app, 3, testTenant, 3)
  // As the role that Suture works as: its grants allow it, as sealing needs them.
  await inTenant(app.store, testTenant, (tx) => tx.db.deleteFrom('audit_unsealed').execute())
  await write(app, 1, testTenant, 6)
  await sealer.turn()
  const inExport = async () =>
    Buffer.from(await takeExport(app))
      .toString()
      .match(/"subject":"inc-\d+"/g)
  expect(await inExport()).toHaveLength(4)
  expect(told).toEqual([])
  world.shift(60_000)
  ms += 60_000
  await sealer.turn()
  expect(await inExport()).toHaveLength(7)
  expect(told).toEqual([
    [{ loop: 'sealer', tenant: testTenant, entries: 3 }, expect.stringContaining('taken out')],
  ])
  expect(sealer.problems()).toEqual([])
  // Once, and not again.
  world.shift(60_000)
  ms += 60_000
  await sealer.turn()
  expect(told).toHaveLength(1)
  expect(await inExport()).toHaveLength(7)
})
