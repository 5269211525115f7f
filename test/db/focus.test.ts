import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeMode } from '../../src/app/autonomy/change-mode.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { takeCycle } from '../../src/app/learning/take-cycle.ts'
import { listCycles, readFocus } from '../../src/app/read/focus.ts'
import { readScheduler } from '../../src/app/read/scheduler.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
let dan: Caller
beforeAll(async () => {
  world = await coreWorld()
  dan = await world.caller('Dan', ['admin'])
})
afterAll(() => world.close())

/** Alert and probe say the same, so that the diagnosis is likely enough for mode auto. */
const surelyProposed = async (name: string): Promise<string> => {
  world.estate.of(name).healthy = false
  const id = await world.fire(name, { title: 'HighErrorRate', summary: 'Error rate of 5xx answers at 40 %' })
  await healIncident(world.app, testTenant, id)
  return id
}
const runOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db.selectFrom('run').select(['status']).where('incident_id', '=', incidentId).executeTakeFirst(),
  )
const cycle = () => takeCycle(world.app, testTenant)

describe('focus', () => {
  it('L3 cycles are taken once by many, each half minute; two critical services end autonomy until one is well', async () => {
    const [calm, hurt] = [world.take().name, world.take().name]
    await changeMode(world.app, dan, { kind: 'service', name: calm }, 'auto')
    expect(await Promise.all([cycle(), cycle(), cycle()])).toContain(true)
    expect(await cycle()).toBe(false)
    const alone = await surelyProposed(calm)
    expect(await runOf(alone)).toMatchObject({ status: 'queued' })

    for (const name of [hurt, world.take().name]) await world.fire(name, { severity: 'critical' })
    world.shift(30_000)
    expect(await cycle()).toBe(true)
    const focus = await readFocus(world.app, testTenant)
    expect(focus.distress).toMatchObject({
      guardrails: 'tightened',
      critical: expect.arrayContaining([hurt]) as string[],
    })
    expect(focus.distress.score).toBe(100)
    expect(focus.cycle).toMatchObject({ number: 2, score: 100 })
    expect(focus.recommendations.map(({ what }) => what).join()).toContain('nothing runs by itself')

    const other = world.take().name
    await changeMode(world.app, dan, { kind: 'service', name: other }, 'auto')
    const asked = await surelyProposed(other)
    expect(await runOf(asked)).toMatchObject({ status: 'pending_approval' })

    const listed = await listCycles(world.app, testTenant, { limit: 1 })
    if (isRejection(listed)) throw new Error(listed.detail)
    expect(listed).toMatchObject({ items: [{ cycle: 2, guardrails: 'tightened' }], next: '2' })
    const older = await listCycles(world.app, testTenant, { limit: 1, after: '2' })
    expect(older).toMatchObject({ items: [{ cycle: 1 }], next: null })
  })

  it('L2 what was proposed and what was skipped is counted by reason, in the database', async () => {
    const before = await readScheduler(world.app, testTenant)
    expect(before).toMatchObject({ running: true, pollIntervalSeconds: 30 })
    const frozen = world.take().name
    await changeMode(world.app, dan, { kind: 'service', name: frozen }, 'observe')
    await world.fire(frozen).then((id) => healIncident(world.app, testTenant, id))
    await world.proposed(world.take().name)
    const after = await readScheduler(world.app, testTenant)
    expect(after.proposed).toBe(before.proposed + 1)
    expect(after.skipped).toBe(before.skipped + 1)
    expect(after.skippedByReason).toMatchObject({ mode: 1 })
    expect(after.services.length).toBeGreaterThan(0)
    world.shift(300_000)
    expect(await readScheduler(world.app, testTenant)).toMatchObject({
      running: false,
      proposed: after.proposed,
    })
  })
})
