import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedSiem } from '../../src/app/audit/siem-feed.ts'
import { showCheckpoints } from '../../src/app/audit/witness.ts'
import { takeCycle } from '../../src/app/learning/take-cycle.ts'
import { governanceOf } from '../../src/app/policy-facts.ts'
import { readScheduler } from '../../src/app/read/scheduler.ts'
import { inTenant } from '../../src/storage/database.ts'
import { readSiemLag } from '../../src/storage/siem.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { keysInHand, sealAll, write } from './seal-world.ts'
import { feedOf } from './siem-world.ts'

const yearMs = 366 * 24 * 3_600_000

/** PostgreSQL's clock ran a year ahead for a moment; what it wrote then must not be waited for. */
describe('a clock that ran ahead and was set back', () => {
  let world: TestApp
  const keys = keysInHand()
  beforeAll(async () => {
    world = await testApp()
  })
  afterAll(() => world.close())

  const grow = async (): Promise<void> => {
    await write(world.app, 2)
    await sealAll(world, keys.source)
  }

  it('A1 witnesses are shown the next checkpoint all the same', async () => {
    const posted: string[] = []
    const show = () =>
      showCheckpoints(world.app, {
        channel: 'ops',
        everyMs: 3_600_000,
        webhook: async (note) => void posted.push(note),
      })
    const cards = () =>
      inTenant(world.app.store, testTenant, (tx) =>
        tx.db.selectFrom('card').select('id').where('id', 'like', '%checkpoint/%').execute(),
      )
    await grow()
    world.shift(yearMs)
    await show()
    expect(posted).toHaveLength(1)
    const before = await cards()
    world.shift(-yearMs)
    await grow()
    await show()
    expect(posted).toHaveLength(2)
    expect((await cards()).length).toBe(before.length + 1)
    // From here on as always: nothing twice, nothing too soon.
    await grow()
    await show()
    expect(posted).toHaveLength(2)
  })

  it('A3 the SIEM is given what is sealed afterwards', async () => {
    const told: number[] = []
    const feed = feedOf(async (records) => void told.push(...records.map(({ index }) => index)), {
      name: 'back',
    })
    world.shift(yearMs)
    await feedSiem(world.app, feed)
    world.shift(-yearMs)
    const before = told.length
    await grow()
    await feedSiem(world.app, feed)
    expect(told.length).toBeGreaterThan(before)
    expect((await readSiemLag(world.app.store, 'back')).waiting).toBe(0)
  })

  it('L2 L3 it is looked at anew how bad it stands', async () => {
    world.shift(yearMs)
    expect(await takeCycle(world.app, testTenant)).toBe(true)
    world.shift(-yearMs)
    expect(await readScheduler(world.app, testTenant)).toMatchObject({ running: false })
    expect(await takeCycle(world.app, testTenant)).toBe(true)
    expect(await takeCycle(world.app, testTenant)).toBe(false)
    const [now, at] = await inTenant(world.app.store, testTenant, async (tx) => [
      tx.now,
      (await governanceOf(tx)).distress_at,
    ])
    expect(Math.abs(now?.since(at ?? now).total('minutes') ?? 99)).toBeLessThan(1)
    expect(await readScheduler(world.app, testTenant)).toMatchObject({ running: true })
  })
})
