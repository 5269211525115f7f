import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

/** What somebody who wanted to break runs has tried. */
describe('a run under attack', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string) => performRun(world.app, testTenant, runId)
  const dies = async (runId: string, at: string) => {
    await expect(performRun(dyingAt(world.app, at), testTenant, runId)).rejects.toThrow(Died)
    world.shift(afterTheLeaseMs)
  }
  const locksOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())

  it('R8 G13 whoever takes a run over calls nothing that the catalogue has changed since the approval', async () => {
    const { name, service } = world.take()
    const other = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'result:action:flag')
    await world.configure({}, (text) =>
      text.replaceAll(`/${name}/act/scale_instances`, `/${other.name}/act/scale_instances`),
    )
    await perform(runId).catch(() => undefined)
    expect(other.service.calls).toEqual([])
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`])
    await world.configure()
  })

  it('R7 G13 a target is not asked about an effect at a place that was never approved', async () => {
    const { name, service } = world.take()
    const other = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'acted:action:flag')
    // Nothing is known there: it would say that nothing happened.
    await world.configure({}, (text) => text.replaceAll(`/${name}/effects/`, `/${other.name}/effects/`))
    await perform(runId).catch(() => undefined)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`])
    await world.configure()
  })

  it('G3 R4 a run whose targets changed under it ends at its deadline all the same, and says what was not undone', async () => {
    const { name, service } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'result:action:flag')
    await world.configure({}, (text) =>
      text.replaceAll(`/${name}/act/scale_instances`, `/${name}/act/scale_otherwise`),
    )
    await perform(runId).catch(() => undefined)
    world.shift(world.app.limits.runBudgetMs)
    await endOverdueRuns(world.app, async () => 'gone')
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed' })
    expect(await locksOf(runId)).toEqual([])
    expect(service.calls).toHaveLength(1)
    await world.configure()
  })

  it('R7 a process on another host outlives its run only until the watchdog there has seen it', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await dies(runId, 'intent:action:flag')
    const there = { pid: 4_712, start_ticks: '18', boot_id: 'c', host: 'another' }
    await world.read((tx) =>
      tx.db
        .insertInto('run_process')
        .values({ ...there, tenant_id: tx.tenantId, run_id: runId })
        .execute(),
    )
    world.shift(world.app.limits.runBudgetMs)
    await endOverdueRuns(world.app, async () => 'gone')
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    const left = await world.read((tx) =>
      tx.db.selectFrom('run_process').select('pid').where('run_id', '=', runId).execute(),
    )
    expect(left).toEqual([{ pid: 4_712 }])
  })

  it('R4 what a target did and then answered with 500 is undone with the rest', async () => {
    const { name, service } = world.take()
    service.heals = false
    service.beforeAnswer = async () => undefined
    const { runId } = await world.queued(name)
    const done = new Set<string>()
    service.beforeEffect = async (action, key) => {
      if (action !== 'scale_instances' || done.has(key)) return 200
      done.add(key)
      service.effects.set(key, 1)
      return 500
    }
    await perform(runId)
    expect(service.effects.has(`${runId}.scale`)).toBe(true)
    expect(service.calls).toContain(`scale_instances ${runId}.scale.rollback`)
  })
})
