import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { endOverdueRuns, undoAbandonedRuns } from '../../src/app/end-overdue-runs.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { type RunResolution, resolveRun } from '../../src/app/run/resolve-run.ts'
import { isTerminal } from '../../src/domain/run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

const services = 12

/** Everybody does everything at once: nothing may wait in a circle, and nothing may be left behind. */
describe('runs in a storm', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const ended = (runId: string) => world.run(runId).then(({ status }) => isTerminal(status))

  it('R5 R7 R9 workers, watchdogs, cancels, resolutions, alerts and a stop at once deadlock nobody, and every run ends', async () => {
    const faults: unknown[] = []
    const calm = (work: Promise<unknown>): Promise<unknown> =>
      work.catch((error: unknown) => {
        if (!(error instanceof Died)) faults.push(error)
      })
    const names = Array.from({ length: services }, () => world.take().name)
    const runs: string[] = []
    for (const [at, name] of names.entries()) {
      if (at % 3 === 0) world.estate.of(name).tells = false
      if (at % 4 === 1) world.estate.of(name).heals = false
      runs.push((await world.queued(name)).runId)
    }
    const deaths = ['acted:action:flag', 'acted:action:scale', 'result:action:flag', 'verified']
    await Promise.all(
      runs.map((run, at) => calm(performRun(dyingAt(world.app, deaths[at % 4] ?? ''), testTenant, run))),
    )
    world.shift(afterTheLeaseMs)
    const ada = await world.caller('Ada', ['responder', 'approver'])
    const admin = await world.caller('Root', ['admin'])
    const ways = ['undo', 'happened', 'did_not_happen'] as const
    const resolve = (runId: string, at: number) => {
      const resolution: RunResolution['resolution'] = ways[at % 3] ?? 'undo'
      return resolveRun(world.app, ada, { runId, resolution, note: 'seen' })
    }
    await Promise.all([
      ...runs.flatMap((run) => [
        calm(performRun(world.app, testTenant, run)),
        calm(performRun(world.app, testTenant, run)),
      ]),
      ...runs.map((run) => calm(cancelRun(world.app, ada, run))),
      ...names.map((name) => calm(world.resolve(name))),
      ...runs.map((run, at) => calm(resolve(run, at))),
      calm(changeGovernance(world.app, admin, { emergencyStop: true })),
      calm(endOverdueRuns(world.app, async () => 'gone')),
      calm(undoAbandonedRuns(world.app)),
    ])
    await calm(changeGovernance(world.app, admin, { emergencyStop: false }))
    await Promise.all(runs.map((run, at) => calm(resolve(run, at))))
    const undoings = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('undo_of', 'is not', null).execute(),
    )
    await Promise.all(
      undoings.flatMap(({ id }) => [
        calm(performRun(world.app, testTenant, id)),
        calm(performRun(world.app, testTenant, id)),
        calm(cancelRun(world.app, ada, id)),
      ]),
    )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    await endOverdueRuns(world.app, async () => 'gone')
    expect(faults).toEqual([])
    for (const { id } of undoings) expect(await ended(id)).toBe(true)
    for (const run of runs) expect(await ended(run)).toBe(true)
    const locks = await world.read((tx) =>
      tx.db
        .selectFrom('target_lock')
        .innerJoin('run', 'run.id', 'target_lock.run_id')
        .select(['run.id', 'run.status', 'run.resolution'])
        .execute(),
    )
    expect(locks.filter(({ status, resolution }) => status !== 'unknown' || resolution !== null)).toEqual([])
    for (const name of names) {
      const { calls } = world.estate.of(name)
      expect(calls).toEqual([...new Set(calls)])
    }
  })
})
