import { afterAll, beforeAll, expect, it } from 'vitest'
import { readLearning, readRecovery } from '../../src/app/read/learning.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

it('L1 an incident that flaps has recovered once, in every sum: from when it opened first until it resolved last', async () => {
  const { name } = world.take()
  const ids: string[] = []
  for (const minutes of [3, 1, 1]) {
    const startsAt = Temporal.Instant.from(`2026-11-22T14:0${ids.length}:00Z`)
    ids.push(await world.fire(name, { startsAt }))
    world.shift(minutes * 60_000)
    await world.resolve(name, { startsAt })
  }
  expect(new Set(ids).size).toBe(1)
  const figures = await world.read(async (tx) => {
    const ago = (minutes: number) => tx.now.subtract({ minutes })
    const soon = tx.now.add({ hours: 48 })
    return [
      await readRecovery(tx, null, name),
      await readRecovery(tx, { from: ago(48 * 60), to: soon }, name),
      await readRecovery(tx, { from: ago(20), to: tx.now.add({ seconds: 1 }) }, name),
    ]
  })
  const { selfRecovered } = await world.read((tx) => readLearning(tx, null, { service: name }))
  expect(selfRecovered).toBe(1)
  const [all] = figures
  expect(all).toMatchObject({ incidents: 1, alone: 1 })
  expect(figures).toEqual([all, all, all])
})
