import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('whom the end of a run rings for', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  it('R5 R8 the end of a run rings for what waits for its target, and for no other run', async () => {
    const first = await world.queued(world.take('shared').name, 'restart')
    const waiting = await world.queued(world.take('shared').name, 'restart')
    const elsewhere = await world.queued(world.take().name, 'restart')
    const before = world.rings.length
    await performRun(world.app, testTenant, first.runId)
    expect((await world.run(first.runId)).finished_at).not.toBeNull()
    const rung = world.rings.slice(before).filter(({ kind }) => kind === 'run')
    expect(rung.map(({ key }) => key)).toEqual([waiting.runId])
    expect((await world.run(elsewhere.runId)).status).toBe('queued')
  })

  it('R8 what a step has said is stored with its result', async () => {
    const { runId } = await world.queued(world.take().name, 'restart')
    const stored: number[] = []
    const lines = () =>
      world.read((tx) => tx.db.selectFrom('run_log').select('body').where('run_id', '=', runId).execute())
    const app = {
      ...world.app,
      checkpoint: async (name: string) => {
        if (name === 'acted:action:restart' || name === 'result:action:restart')
          stored.push((await lines()).length)
      },
    }
    await performRun(app, testTenant, runId)
    const [acted = -1, result = -1] = stored
    expect(acted).toBe(0)
    expect(result).toBeGreaterThan(0)
  })
})
