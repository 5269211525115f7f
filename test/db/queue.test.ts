import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readQueue } from '../../src/app/read/queue.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { resolveRun } from '../../src/app/run/resolve-run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('what goes on', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())
  const queue = () => readQueue(world.app, testTenant)

  it('R5 lists what runs with its step, what waits with holder, place and bound, and what ended', async () => {
    expect(await queue()).toEqual({ running: [], waiting: [], ended: [], needsPerson: [] })
    const { name, service } = world.take('shared')
    const holder = await world.queued(name)
    const next = await world.queued(world.take('shared').name)
    const last = await world.queued(world.take('shared').name)
    const asked = await world.requested(await world.proposed(world.take().name), 'two-steps')
    const acting = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    service.beforeEffect = async () => {
      acting.resolve()
      await go.promise
      return 200
    }
    const running = performRun(world.app, testTenant, holder.runId)
    await acting.promise
    const now = await queue()
    expect(now.running).toMatchObject([
      {
        id: holder.runId,
        service: name,
        status: 'running',
        done: 0,
        total: 3,
      },
    ])
    expect(now.running[0]?.step).toMatch(/pricing/)
    expect(Date.parse(now.running[0]?.deadlineAt ?? '')).toBeGreaterThan(
      Date.parse(now.running[0]?.since ?? ''),
    )
    const held = [{ target: 'test/shared', runId: holder.runId }]
    expect(now.waiting).toMatchObject([
      { id: next.runId, holders: held, place: 1, requestId: null },
      { id: last.runId, holders: held, place: 2, requestId: null },
      { id: asked.runId, holders: [], place: null, requestId: asked.requestId, status: 'pending_approval' },
    ])
    for (const each of now.waiting) expect(each.givesUpAt).not.toBeNull()
    go.resolve()
    await running
    expect((await queue()).ended).toMatchObject([{ id: holder.runId, status: 'succeeded' }])
    expect((await queue()).waiting[0]).toMatchObject({ id: next.runId, holders: [] })
  })

  it('R7 a run that ended unknown needs a person until somebody has said what it did', async () => {
    const { runId } = await world.queued(world.take('mute').name)
    await expect(performRun(dyingAt(world.app, 'acted:action:scale'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(afterTheLeaseMs)
    await performRun(world.app, testTenant, runId)
    expect((await queue()).needsPerson).toMatchObject([{ id: runId, status: 'unknown' }])
    await resolveRun(world.app, await world.caller('Abe', ['approver']), {
      runId,
      resolution: 'happened',
      note: 'seen',
    })
    expect((await queue()).needsPerson).toEqual([])
  })

  it('R4 one that could not be undone needs a person as long as its incident waits for one', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    service.heals = false
    service.beforeEffect = async (_, key) => (key.endsWith('.rollback') ? 500 : 200)
    await performRun(world.app, testTenant, runId)
    expect((await queue()).needsPerson).toMatchObject([{ id: runId, status: 'rollback_failed', incidentId }])
    await world.read((tx) =>
      tx.db
        .updateTable('incident')
        .set({ status: 'resolved', resolved_at: tx.now })
        .where('id', '=', incidentId)
        .execute(),
    )
    expect((await queue()).needsPerson).toEqual([])
  })
})
