import { afterAll, beforeAll, expect, it } from 'vitest'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

it('L2 what is proposed for one service waits for no other: the commit of one may take its time', async () => {
  const [one, other] = [world.take().name, world.take().name]
  const [slow, quick] = [await world.fire(one), await world.fire(other)]
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const app: typeof world.app = {
    ...world.app,
    checkpoint: async (at) => {
      if (!at.startsWith('committing:') || !at.includes('propos')) return
      reached.resolve()
      await goOn.promise
    },
  }
  const healing = healIncident(app, testTenant, slow)
  await reached.promise
  const first = await Promise.race([
    healIncident(world.app, testTenant, quick).then(() => 'healed'),
    new Promise((resolve) => setTimeout(() => resolve('waits'), 30_000)),
  ])
  goOn.resolve()
  await healing
  expect(first).toBe('healed')
})
