import { afterAll, beforeAll, expect, it } from 'vitest'
import { createConfigurationCache } from '../../src/app/configuration/cache.ts'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

/** What an import in another process does, told to nobody. */
const changeUnseen = (digest: string): Promise<unknown> =>
  inTenant(world.app.store, testTenant, (tx) =>
    tx.db
      .updateTable('config_version')
      .set({ digest })
      .where('tenant_id', '=', tx.tenantId)
      .where('kind', '=', 'catalogue')
      .where('active', '=', true)
      .execute(),
  )

it('G12 what nobody has changed is not read again, only asked about; what changed unseen holds after ten seconds', async () => {
  let nowMs = 0
  const cache = createConfigurationCache(world.app.store, () => nowMs)
  const first = await cache.of(testTenant)
  nowMs += 9_999
  expect(await cache.of(testTenant)).toBe(first)
  nowMs += 1
  expect(await cache.of(testTenant)).toBe(first)
  await changeUnseen('another')
  expect(await cache.of(testTenant)).toBe(first)
  nowMs += 10_000
  const next = await cache.of(testTenant)
  expect(next).not.toBe(first)
  expect(next.version).not.toBe(first.version)
})

it('G12 what is told to have changed is read at once, before anybody asks', async () => {
  let readings = 0
  const { store } = world.app
  const aside: typeof store.aside = (...given) => {
    readings += 1
    return store.aside(...given)
  }
  const cache = createConfigurationCache({ ...store, aside }, () => 0)
  const first = await cache.of(testTenant)
  await changeUnseen('a third')
  cache.forget(testTenant)
  expect(readings).toBe(2)
  expect((await cache.of(testTenant)).version).not.toBe(first.version)
  expect(readings).toBe(2)
})

it('G12 what was missed while nobody listened is looked for as soon as somebody listens again', async () => {
  const cache = createConfigurationCache(world.app.store, () => 0)
  const first = await cache.of(testTenant)
  await changeUnseen('a fourth')
  cache.forgetAll()
  expect((await cache.of(testTenant)).version).not.toBe(first.version)
})
