import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { killAbandoned, undoAbandonedRuns } from '../../src/app/end-overdue-runs.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

/** With steps that take 1 s to undo each, the last 2 s of a minute are kept back. */
const budgetMs = 60_000
const whenUndoingBeginsMs = 58_500

describe('a run with no worker left', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const left = async (at: string, kind: 'plain' | 'mute' = 'plain', playbook?: string) => {
    const { name, service } = world.take(kind)
    const { runId, incidentId } = await world.queued(name, playbook)
    await world.read((tx) =>
      tx.db.updateTable('run').set({ budget_ms: budgetMs }).where('id', '=', runId).execute(),
    )
    await expect(performRun(dyingAt(world.app, at), testTenant, runId)).rejects.toThrow(Died)
    return { runId, incidentId, service }
  }

  it('G3 R4 the watchdog undoes its completed steps in the time kept back for it', async () => {
    const { runId, service } = await left('result:action:flag')
    world.shift(whenUndoingBeginsMs)
    expect(await undoAbandonedRuns(world.app)).toContain(runId)
    expect(service.calls).toEqual([
      `set_feature_flag ${runId}.flag`,
      `set_feature_flag ${runId}.flag.rollback`,
    ])
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'timed_out' })
    expect(await undoAbandonedRuns(world.app)).not.toContain(runId)
  })

  it('G3 the watchdog leaves a run alone whose time to undo has not come, or whose worker lives', async () => {
    const { runId, service } = await left('result:action:flag')
    expect(await undoAbandonedRuns(world.app)).not.toContain(runId)
    world.shift(afterTheLeaseMs)
    expect(await undoAbandonedRuns(world.app)).not.toContain(runId)
    expect(service.calls).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ status: 'running' })
  })

  it('R4 R7 what nobody can tell is not undone by the watchdog either: a person is asked', async () => {
    const { runId, incidentId, service } = await left('acted:action:flag', 'mute')
    world.shift(whenUndoingBeginsMs)
    await undoAbandonedRuns(world.app)
    expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`])
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('R4 a step that its target says never happened is neither done nor undone once the time is up', async () => {
    const { runId, service } = await left('intent:action:flag')
    world.shift(whenUndoingBeginsMs)
    await undoAbandonedRuns(world.app)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'timed_out' })
    const steps = await world.read((tx) =>
      tx.db.selectFrom('step_execution').select(['step_id', 'status']).where('run_id', '=', runId).execute(),
    )
    expect(steps).toEqual([{ step_id: 'flag', status: 'canceled' }])
  })

  it('R7 G3 what a dead worker started is killed before anybody goes on with its run', async () => {
    const { runId, service } = await left('result:action:flag')
    const started = { pid: 4_711, start_ticks: '17', boot_id: 'b', host: world.app.host }
    await world.read((tx) =>
      tx.db
        .insertInto('run_process')
        .values({ ...started, tenant_id: tx.tenantId, run_id: runId })
        .execute(),
    )
    const kill = vi.fn(async () => 'killed' as const)
    await killAbandoned(world.app, kill)
    expect(kill).not.toHaveBeenCalled()
    world.shift(afterTheLeaseMs)
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toHaveLength(1)
    await killAbandoned(world.app, kill)
    expect(kill).toHaveBeenCalledWith({ pid: 4_711, startTicks: '17', bootId: 'b' }, expect.anything())
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
  })
})
