import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { resolveRun } from '../../src/app/run/resolve-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('a run whose worker is gone', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string, app = world.app) => performRun(app, testTenant, runId)
  const dies = async (runId: string, at: string) => {
    await expect(perform(runId, dyingAt(world.app, at))).rejects.toThrow(Died)
  }
  const stepsOf = (runId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('step_execution')
        .select(['step_id', 'phase', 'status'])
        .where('run_id', '=', runId)
        .orderBy('started_at')
        .execute(),
    )
  const locksOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())

  it('R7 two workers that claim one run at once perform it once', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await Promise.all(
      Array.from({ length: 8 }, (_, at) => perform(runId, { ...world.app, workerId: `worker-${at}` })),
    )
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded', fencing_token: 1 })
    expect((await world.eventsOf(runId)).filter((event) => event === 'run_started')).toHaveLength(1)
  })

  it('R7 nobody takes over while the lease holds', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'acted:action:flag')
    await perform(runId)
    expect(service.calls).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ status: 'running', fencing_token: 1 })
  })

  it('R7 what the target says has happened is not repeated after a takeover', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'acted:action:flag')
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded', fencing_token: 2 })
    expect(await locksOf(runId)).toEqual([])
  })

  it('R7 what the target says has not happened is done once, under the same key', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'intent:action:flag')
    expect(service.calls).toEqual([])
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
  })

  it('R7 a target that cannot tell leaves the run unknown, its locks held and a person asked', async () => {
    const { name, service } = world.take('mute')
    const { runId, incidentId } = await world.queued(name)
    await dies(runId, 'acted:action:flag')
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ status: 'unknown', cause: 'lost_worker' })
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    await perform(runId)
    expect(service.calls).toHaveLength(1)
  })

  it('R7 a person who has looked says what an unknown run did, once, and its targets are free again', async () => {
    const { name } = world.take('mute')
    const { runId } = await world.queued(name)
    await dies(runId, 'acted:action:flag')
    world.shift(afterTheLeaseMs)
    await perform(runId)
    const say = (caller: Caller, note = 'looked at the host: the flag is off') =>
      resolveRun(world.app, caller, { runId, resolution: 'happened', note })
    expect(await say(await world.caller('Rita', ['responder']))).toMatchObject({ code: 'forbidden' })
    const approver = await world.caller('Abe', ['approver'])
    expect(await say(approver, ' ')).toMatchObject({ code: 'invalid' })
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await say(approver)).toMatchObject({ runId, resolution: 'happened' })
    expect(await locksOf(runId)).toEqual([])
    expect(await say(approver)).toMatchObject({ code: 'already_decided' })
    expect(await world.run(runId)).toMatchObject({
      status: 'unknown',
      resolution: 'it happened: looked at the host: the flag is off',
    })
  })

  it('R7 a worker that wakes up after a takeover commits nothing and acts on nothing', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    const { promise: asleep, resolve: fallAsleep } = Promise.withResolvers<void>()
    const { promise: wakeUp, resolve: wake } = Promise.withResolvers<void>()
    const warn = vi.fn()
    const sleeper = perform(runId, {
      ...world.app,
      workerId: 'sleeper',
      log: { ...world.app.log, warn },
      checkpoint: async (at) => {
        if (at !== 'acted:action:flag') return
        fallAsleep()
        await wakeUp
      },
    })
    await asleep
    world.shift(afterTheLeaseMs)
    await perform(runId)
    const before = { events: await world.eventsOf(runId), run: await world.run(runId) }
    expect(before.run.status).toBe('succeeded')
    wake()
    await sleeper
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ fence: 1 }),
      expect.stringContaining('no longer held'),
    )
    expect({ events: await world.eventsOf(runId), run: await world.run(runId) }).toEqual(before)
    expect(service.calls).toHaveLength(2)
  })

  it('R3 a cancel that came while the worker was dead is heeded: the next worker undoes and does nothing new', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'result:action:flag')
    const ada = await world.caller('Ada', ['responder'])
    expect(await cancelRun(world.app, ada, runId)).toMatchObject({ status: 'running' })
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'canceled' })
  })

  it('R4 a rollback goes on where its worker died, last step first, and undoes nothing twice', async () => {
    const { name, service } = world.take()
    service.heals = false
    const { runId } = await world.queued(name)
    await dies(runId, 'acted:rollback:scale')
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `scale_instances ${runId}.scale`,
      `scale_instances ${runId}.scale.rollback`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'not_recovered' })
    const outcome = await world.read((tx) =>
      tx.db.selectFrom('learning_outcome').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow(),
    )
    expect(outcome).toMatchObject({ status: 'rolled_back', recovery: 'not_recovered' })
  })

  it('R4 an undoing that failed before its worker died is no second try: the end is loud', async () => {
    const { name, service } = world.take()
    service.heals = false
    service.beforeEffect = async (_action, key) => (key.endsWith('scale.rollback') ? 500 : 200)
    const { runId, incidentId } = await world.queued(name)
    await dies(runId, 'result:rollback:scale')
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed', cause: 'not_recovered' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect((await stepsOf(runId)).filter((step) => step.phase === 'rollback')).toMatchObject([
      { step_id: 'scale', status: 'failed' },
    ])
  })

  it.each(['run_claimed', 'result:action:flag', 'result:action:scale', 'verifying', 'verified'])(
    'R7 a worker that dies at %s is followed by one that ends the run, every effect once',
    async (at) => {
      const { name, service } = world.take()
      const { runId } = await world.queued(name)
      await dies(runId, at)
      world.shift(afterTheLeaseMs)
      await perform(runId)
      expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
      expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
      expect(await locksOf(runId)).toEqual([])
    },
  )

  it('R7 a worker cut off from the database for longer than its lease leaves the run to the next one', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    // Its clock says that the lease is over; PostgreSQL has not given it to anybody yet.
    let ahead = 0
    const cutOff = {
      ...world.app,
      clock: { ...world.app.clock, monotonicMs: () => performance.now() + ahead },
      checkpoint: async (at: string) => {
        if (at === 'intent:action:scale') ahead = afterTheLeaseMs
      },
    }
    await perform(runId, cutOff)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`])
    expect(await world.run(runId)).toMatchObject({ status: 'running' })
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
  })
})
