import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('the history of a run', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const dies = async (at: string, kind: 'plain' | 'mute' = 'plain') => {
    const { name } = world.take(kind)
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, at), testTenant, runId)).rejects.toThrow(Died)
    return runId
  }
  const finished = async (runId: string) =>
    (await world.eventsOf(runId)).filter((event) => event === 'step_finished')

  it('R7 G3 tells the end of a step that the deadline has cut off', async () => {
    const runId = await dies('intent:action:flag', 'mute')
    world.shift(world.app.limits.runBudgetMs + 5_000)
    await endOverdueRuns(world.app, async () => 'gone')
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    expect(await finished(runId)).toHaveLength(1)
  })

  it('R3 R7 tells the end of a step that was meant and never begun', async () => {
    const runId = await dies('intent:action:flag')
    await cancelRun(world.app, await world.caller('Ada', ['responder']), runId)
    world.shift(afterTheLeaseMs)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'canceled' })
    expect(await finished(runId)).toHaveLength(1)
  })

  it('G3 R4 says what was not undone although its service has left the catalogue', async () => {
    const { name } = world.take()
    await world.configure({}, (text) =>
      text.replace(
        `      - name: test/${name}\n`,
        `      - name: test/${name}-b\n        kind: http\n        actions:\n          set_feature_flag: { method: POST, url: '${world.estate.url}/${name}/act/b' }\n          scale_instances: { method: POST, url: '${world.estate.url}/${name}/act/b' }\n      - name: test/${name}\n`,
      ),
    )
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'result:action:flag-1'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    await world.configure({}, (text) =>
      text
        .replaceAll(`name: ${name}\n`, `name: gone-${name}\n`)
        .replaceAll(`${name}-api`, `gone-${name}-api`),
    )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    await endOverdueRuns(world.app, async () => 'gone')
    await world.configure()
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed' })
  })
})
