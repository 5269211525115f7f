import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { resolveRun } from '../../src/app/run/resolve-run.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('a run that ended unknown, and a person who wants it undone', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const perform = (runId: string) => performRun(world.app, testTenant, runId)
  const locksOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())
  const unknown = async (at: string, playbook?: string) => {
    const { name, service } = world.take('mute')
    const { runId } = await world.queued(name, playbook)
    await expect(performRun(dyingAt(world.app, at), testTenant, runId)).rejects.toThrow(Died)
    world.shift(afterTheLeaseMs)
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    return { runId, service }
  }
  const undo = async (runId: string) =>
    resolveRun(world.app, await world.caller('Abe', ['approver']), {
      runId,
      resolution: 'undo',
      note: 'nobody knows, put it back',
    })

  it('R4 R7 everything that was done or may have been is undone once, last first, by a run of its own', async () => {
    const { runId, service } = await unknown('acted:action:scale')
    const answer = await undo(runId)
    if (!('undoneBy' in answer) || answer.undoneBy === null) throw new Error('nothing undoes it')
    const undoing = answer.undoneBy
    expect(await locksOf(runId)).toEqual([])
    expect(await locksOf(undoing)).toHaveLength(1)
    await perform(undoing)
    await perform(undoing)
    expect(service.calls.slice(2)).toEqual([
      `scale_instances ${undoing}.scale.rollback`,
      `set_feature_flag ${undoing}.flag.rollback`,
    ])
    expect(await world.run(undoing)).toMatchObject({ status: 'rolled_back', undo_of: runId })
    expect(await locksOf(undoing)).toEqual([])
    expect(await world.run(runId)).toMatchObject({
      status: 'unknown',
      resolution: 'undo it: nobody knows, put it back',
    })
    expect(await world.eventsOf(undoing)).toEqual(
      expect.arrayContaining(['permit_issued', 'run_started', 'run_finished']),
    )
    expect(await undo(runId)).toMatchObject({ code: 'already_decided' })
  })

  it('R4 the undoing teaches nothing of its own: the history counts one outcome', async () => {
    const { runId } = await unknown('acted:action:flag')
    const answer = await undo(runId)
    if (!('undoneBy' in answer) || answer.undoneBy === null) throw new Error('nothing undoes it')
    await perform(answer.undoneBy)
    const outcomes = await world.read((tx) =>
      tx.db
        .selectFrom('learning_outcome')
        .select('run_id')
        .where('run_id', 'in', [runId, answer.undoneBy ?? ''])
        .execute(),
    )
    expect(outcomes).toEqual([{ run_id: runId }])
  })

  it('R4 R7 what its playbook cannot undo stays with the person, and its targets stay locked', async () => {
    const { runId, service } = await unknown('acted:action:restart', 'restart')
    expect(await undo(runId)).toMatchObject({ code: 'invalid' })
    expect(await locksOf(runId)).toHaveLength(1)
    expect(await world.run(runId)).toMatchObject({ resolution: null })
    expect(service.calls).toHaveLength(1)
  })

  it('R7 an undoing whose worker dies as well is taken over, and undoes nothing twice', async () => {
    const { runId } = await unknown('acted:action:flag')
    const answer = await undo(runId)
    if (!('undoneBy' in answer) || answer.undoneBy === null) throw new Error('nothing undoes it')
    const undoing = answer.undoneBy
    await expect(performRun(dyingAt(world.app, 'result:rollback:flag'), testTenant, undoing)).rejects.toThrow(
      Died,
    )
    world.shift(afterTheLeaseMs)
    await perform(undoing)
    expect(await world.run(undoing)).toMatchObject({ status: 'rolled_back' })
  })
})
