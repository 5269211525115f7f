import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, corePlaybooks, coreWorld, Died, dyingAt } from './core-world.ts'

describe('how a run ends', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string, app = world.app) => performRun(app, testTenant, runId)
  const locksOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())
  const outcomeOf = (runId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('learning_outcome').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow(),
    )
  const refusalsOf = async (subject: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('audit_entry')
          .select('bytes')
          .where('subject', '=', subject)
          .where('event', '=', 'refused')
          .execute(),
      )
    ).map((row) => (JSON.parse(row.bytes.toString()) as { details: { reason_code: string } }).details)
  const budget = async (runId: string, ms: number) => {
    await world.read((tx) =>
      tx.db.updateTable('run').set({ budget_ms: ms }).where('id', '=', runId).execute(),
    )
  }

  it('R4 a step that fails is followed by the undoing of what was done before', async () => {
    const { name, service } = world.take()
    service.heals = false
    service.beforeEffect = async (_action, key) => (key.endsWith('.scale') ? 500 : 200)
    const { runId, incidentId } = await world.queued(name)
    await perform(runId)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `scale_instances ${runId}.scale`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'failed' })
    expect(await locksOf(runId)).toEqual([])
    expect(await world.incident(incidentId)).toMatchObject({ status: 'open' })
  })

  it('R4 R6 what did not help is undone in reverse, and the next playbook is proposed', async () => {
    const { name, service } = world.take()
    service.heals = false
    const { runId, incidentId } = await world.queued(name)
    await perform(runId)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `scale_instances ${runId}.scale`,
      `scale_instances ${runId}.scale.rollback`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(service.bodies.map((body) => JSON.parse(body) as object)).toEqual([
      { flag: 'pricing', enabled: false },
      { delta: 1 },
      { delta: -1 },
      { flag: 'pricing', enabled: true },
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'not_recovered' })
    expect(await outcomeOf(runId)).toMatchObject({ status: 'rolled_back', recovery: 'not_recovered' })
    await healIncident(world.app, testTenant, incidentId)
    await expect(world.proposalOf(incidentId, 'two-steps')).rejects.toThrow(/no two-steps/)
    await world.proposalOf(incidentId, 'restart')
  })

  it('R6 what could not be measured is no success and is not undone blindly', async () => {
    const { name, service } = world.take('unprobed')
    const { runId, incidentId } = await world.queued(name)
    await perform(runId)
    expect(service.calls).toHaveLength(2)
    expect(await world.run(runId)).toMatchObject({ status: 'failed', cause: 'not_measured' })
    expect(await outcomeOf(runId)).toMatchObject({ recovery: 'not_measured' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('G3 G13 a target that hangs ends the run inside its budget, undone and learned from as a timeout', async () => {
    const { name, service } = world.take()
    service.beforeEffect = (_action, key) =>
      key.endsWith('.scale') ? new Promise<number>(() => undefined) : Promise.resolve(200)
    const { runId } = await world.queued(name)
    await budget(runId, 1_200)
    const began = performance.now()
    await perform(runId)
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `scale_instances ${runId}.scale`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'timed_out' })
    expect(await outcomeOf(runId)).toMatchObject({ status: 'timed_out' })
    expect((await refusalsOf(runId)).map((details) => details.reason_code)).toEqual(['timeout_watchdog'])
  })

  it('G3 with nothing to undo a hanging target ends the run timed out', async () => {
    const { name, service } = world.take()
    service.beforeEffect = () => new Promise<number>(() => undefined)
    const { runId } = await world.queued(name, 'restart')
    await budget(runId, 400)
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'timed_out', cause: 'timed_out' })
    expect(await locksOf(runId)).toEqual([])
  })

  it('G3 an undoing that hangs ends too, and loudly', async () => {
    const { name, service } = world.take()
    service.heals = false
    service.beforeEffect = (_action, key) =>
      key.endsWith('.rollback') ? new Promise<number>(() => undefined) : Promise.resolve(200)
    const { runId, incidentId } = await world.queued(name)
    await budget(runId, 1_500)
    const began = performance.now()
    await perform(runId)
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('G3 G13 the watchdog ends a run whose worker is gone, says once what it could not undo in time, and the late worker commits nothing', async () => {
    const { name } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await budget(runId, 5_000)
    await expect(perform(runId, dyingAt(world.app, 'result:action:flag'))).rejects.toThrow(Died)
    world.shift(8_000)
    const kill = vi.fn()
    expect(await endOverdueRuns(world.app, kill)).toEqual([runId])
    expect(await endOverdueRuns(world.app, kill)).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed', cause: 'timed_out' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect(await locksOf(runId)).toEqual([])
    expect((await refusalsOf(runId)).map((details) => details.reason_code)).toEqual(['timeout_watchdog'])
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed' })
  })

  it('R3 a run canceled before it began calls nothing and can be requested again', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    expect(await cancelRun(world.app, await world.caller('Ada', ['responder']), runId)).toMatchObject({
      status: 'canceled',
    })
    await perform(runId)
    expect(service.calls).toEqual([])
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed' })
    await world.requested(incidentId, 'two-steps')
  })

  it('R3 a cancel between two steps is heeded before the next one begins', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await perform(runId, {
      ...world.app,
      checkpoint: async (at) => {
        if (at === 'result:action:flag')
          await cancelRun(world.app, await world.caller('Ada', ['responder']), runId)
      },
    })
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'canceled' })
  })

  it.each([
    ['running', 'intent:action:scale'],
    ['verifying', 'verifying'],
  ])('R3 a run canceled while %s stops and is undone', async (_status, at) => {
    const { name, service } = world.take()
    service.heals = false
    // Its worker asks for cancels at every quarter of a lease.
    const app = { ...world.app, limits: { ...world.app.limits, leaseMs: 800 } }
    service.beforeEffect = (_action, key) =>
      at !== 'verifying' && key.endsWith('.scale')
        ? new Promise<number>(() => undefined)
        : Promise.resolve(200)
    const { runId } = await world.queued(name)
    await perform(runId, {
      ...app,
      checkpoint: async (reached) => {
        if (reached === at) await cancelRun(app, await world.caller('Ada', ['responder']), runId)
      },
    })
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'canceled' })
    expect(service.calls.at(-1)).toBe(`set_feature_flag ${runId}.flag.rollback`)
  })

  it('R5 two incidents on one target: the second run waits with its reason, then runs', async () => {
    const [one, two] = [world.take('shared'), world.take('shared')]
    const [first, second] = [await world.queued(one.name), await world.queued(two.name)]
    await perform(first.runId, {
      ...world.app,
      checkpoint: async (at) => {
        if (at !== 'intent:action:flag') return
        await perform(second.runId)
        expect(await world.run(second.runId)).toMatchObject({
          status: 'queued',
          reason: `waits for test/shared, held by ${first.runId}`,
        })
        world.rings.length = 0
      },
    })
    expect(two.service.calls).toEqual([])
    expect(world.rings).toContainEqual({ tenantId: testTenant, kind: 'run', key: second.runId })
    await perform(second.runId)
    expect(await world.run(second.runId)).toMatchObject({ status: 'succeeded', reason: '' })
  })

  it('R5 of many runs that race for one target each runs, and never two at a time', async () => {
    const services = [world.take('shared'), world.take('shared')]
    const runs = await Promise.all(services.map(({ name }) => world.queued(name)))
    let inside = 0
    let most = 0
    for (const { service } of services) {
      service.beforeEffect = async () => {
        inside += 1
        most = Math.max(most, inside)
        return 200
      }
      service.beforeAnswer = async () => {
        inside -= 1
      }
    }
    await vi.waitFor(
      async () => {
        await Promise.all(runs.map(({ runId }) => perform(runId)))
        for (const { runId } of runs) expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
      },
      { timeout: 60_000 },
    )
    expect(most).toBe(1)
  })

  it('D4 G13 an alert that resolves while its run is queued blocks the run without one call', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await world.resolve(name)
    await perform(runId)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'precondition' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'resolved' })
    expect((await refusalsOf(runId)).map((details) => details.reason_code)).toEqual(['precondition'])
  })

  it('D4 a run canceled after its alerts resolved closes the incident: nothing fires any more', async () => {
    const { name } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await world.resolve(name)
    await cancelRun(world.app, await world.caller('Ada', ['responder']), runId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'resolved' })
  })

  it.each(['failed', 'not_recovered', 'not_measured', 'overdue'] as const)(
    'D4 alerts that resolve while the run is under way close the incident although the run ended %s',
    async (how) => {
      const { name, service } = world.take(how === 'not_measured' ? 'unprobed' : 'plain')
      service.heals = false
      if (how === 'failed') service.beforeEffect = async () => 500
      const { runId, incidentId } = await world.queued(name, how === 'overdue' ? 'restart' : undefined)
      const reached = how === 'overdue' ? 'result:action:restart' : 'intent:action:flag'
      await budget(runId, how === 'overdue' ? 5_000 : 600_000)
      await perform(runId, {
        ...world.app,
        checkpoint: async (at) => {
          if (at !== reached) return
          await world.resolve(name)
          if (how === 'overdue') throw new Died(at)
        },
      }).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error
      })
      if (how === 'overdue') {
        world.shift(8_000)
        await endOverdueRuns(world.app, vi.fn())
      }
      expect((await world.run(runId)).finished_at).not.toBeNull()
      expect(await world.incident(incidentId)).toMatchObject({ status: 'resolved', firing: 0 })
    },
  )

  it('D4 a late ring does not call for a person before the alerts had time to resolve', async () => {
    const { name } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await perform(runId)
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'healing' })
    world.shift(5 * 60_000 + 1)
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('G13 a permit is for the playbook that was approved: a changed file blocks the run', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await world.configure({
      'two-steps': corePlaybooks['two-steps']?.replace('version: 1', 'version: 2') ?? '',
    })
    await perform(runId)
    await world.configure()
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect((await refusalsOf(runId)).map((details) => details.reason_code)).toEqual(['permit'])
  })

  it('G13 a target that left the catalogue after the approval blocks the run instead of failing again and again', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    await world.configure({}, (catalogue) =>
      catalogue.replace(`name: test/${name}\n`, `name: moved/${name}\n`),
    )
    await perform(runId)
    await world.configure()
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('G13 a target that is told to do it another way since the approval blocks the run', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    // Still this service's target and still its own actions, but each now goes somewhere else.
    await world.configure({}, (catalogue) =>
      catalogue.replace(
        new RegExp(`(name: test/${name}\\n[^]*?url: ')([^']*)'`),
        (_all, before: string, url: string) => `${before}${url}/elsewhere'`,
      ),
    )
    await perform(runId)
    await world.configure()
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect((await world.run(runId)).reason).toContain('has changed how its targets do it')
  })

  it('G13 a permit that expired blocks the run', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    world.shift(world.app.limits.permitTtlMs)
    await perform(runId)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
  })

  it('G13 a permit is used once: a run put back into the queue by hand is blocked', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await expect(perform(runId, dyingAt(world.app, 'run_claimed'))).rejects.toThrow(Died)
    await world.read(async (tx) => {
      await tx.db.updateTable('run').set({ status: 'queued' }).where('id', '=', runId).execute()
      await tx.db.deleteFrom('target_lock').where('run_id', '=', runId).execute()
    })
    await perform(runId)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
  })
})
