import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { silentGraceMs } from '../../src/app/run/overdue-times.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('a step without a result when the time is up', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string, app = world.app) => performRun(app, testTenant, runId)
  const locksOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())
  const diedAt = async (at: string, kind: 'plain' | 'mute' = 'plain') => {
    const { name, service } = world.take(kind)
    const { runId } = await world.queued(name)
    await world.read((tx) =>
      tx.db.updateTable('run').set({ budget_ms: 5_000 }).where('id', '=', runId).execute(),
    )
    await expect(perform(runId, dyingAt(world.app, at))).rejects.toThrow(Died)
    world.shift(8_000)
    return { runId, calls: [...service.calls], service }
  }
  const stepsOf = (runId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('step_execution')
        .select(['step_id', 'status'])
        .where('run_id', '=', runId)
        .orderBy('step_id')
        .execute(),
    )

  it('G3 R7 an overdue step whose target cannot tell leaves the run unknown and its target locked', async () => {
    const { runId } = await diedAt('intent:action:flag', 'mute')
    expect(await endOverdueRuns(world.app, vi.fn())).toEqual([runId])
    expect(await world.run(runId)).toMatchObject({ status: 'unknown', cause: 'timed_out' })
    expect(await locksOf(runId)).toHaveLength(1)
  })

  it('G3 R7 an overdue step that happened, as its target says, is told as done and not undone', async () => {
    const { runId, calls, service } = await diedAt('acted:action:flag')
    expect(await endOverdueRuns(world.app, vi.fn())).toEqual([runId])
    expect(await world.run(runId)).toMatchObject({
      status: 'rollback_failed',
      reason: expect.stringContaining('could be undone') as string,
    })
    expect(await stepsOf(runId)).toEqual([{ step_id: 'flag', status: 'succeeded' }])
    expect(service.calls).toEqual(calls)
  })

  it('G3 R7 an overdue step that never happened, as its target says, leaves nothing to look at', async () => {
    const { runId, service } = await diedAt('intent:action:flag')
    expect(await endOverdueRuns(world.app, vi.fn())).toEqual([runId])
    expect(await world.run(runId)).toMatchObject({ status: 'timed_out', cause: 'timed_out' })
    expect(await stepsOf(runId)).toEqual([{ step_id: 'flag', status: 'canceled' }])
    expect(await locksOf(runId)).toEqual([])
    expect(service.calls).toEqual([])
  })

  it('G3 R7 where the approved calls are no longer the same, nobody else is asked in their place', async () => {
    const { runId } = await diedAt('intent:action:flag')
    await world.configure({}, (catalogue) => catalogue.replaceAll('/effects/', '/other-effects/'))
    expect(await endOverdueRuns(world.app, vi.fn())).toEqual([runId])
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    await world.configure()
  })

  const overdueBy = (runId: string, ms: number) =>
    world.read((tx) =>
      tx.db
        .updateTable('run')
        .set({ deadline_at: tx.now.subtract({ milliseconds: ms }), lease_until: null })
        .where('id', '=', runId)
        .execute(),
    )

  it('G3 R7 a worker leaves an overdue step to the watchdog that asks, and ends its run when none came', async () => {
    const { runId: asked } = await diedAt('intent:action:flag')
    const { runId: left } = await diedAt('intent:action:flag')
    await overdueBy(asked, silentGraceMs)
    await overdueBy(left, 2 * silentGraceMs)
    for (const runId of [asked, left]) await perform(runId)
    expect(await world.run(asked)).toMatchObject({ status: 'running' })
    expect(await world.run(left)).toMatchObject({ status: 'unknown' })
    expect(await endOverdueRuns(world.app, vi.fn())).toEqual([asked])
    expect(await world.run(asked)).toMatchObject({ status: 'timed_out' })
  })

  it('G3 a watchdog that may not ask gives way to one that may', async () => {
    const { runId } = await diedAt('intent:action:flag')
    await overdueBy(runId, silentGraceMs - 1_000)
    expect(await endOverdueRuns(world.app, vi.fn(), false)).toEqual([])
    await overdueBy(runId, silentGraceMs + 1_000)
    expect(await endOverdueRuns(world.app, vi.fn(), false)).toEqual([runId])
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
  })
})
