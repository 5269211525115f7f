import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tx } from '../../src/storage/database.ts'
import { freezesOf } from '../../src/storage/freeze.repository.ts'
import { freeLocks, takeLocks } from '../../src/storage/lock.repository.ts'
import { endStep, findRun, putIntent, stepsOfRun } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** What is asked by several in one transaction is answered to each as if it had asked alone. */
describe('what is gathered in one transaction', () => {
  let world: CoreWorld
  let runs: string[]
  beforeAll(async () => {
    world = await coreWorld()
    runs = []
    for (let at = 0; at < 4; at += 1) runs.push((await world.queued(world.take().name)).runId)
  })
  afterAll(() => world.close())

  const found = async (tx: Tx, id: string) => {
    const run = await findRun(tx, id)
    if (run === undefined) throw new Error(`no ${id}`)
    return run
  }

  const hold = (tx: Tx, target: string, runId: string) =>
    tx.db
      .insertInto('target_lock')
      .values({ tenant_id: testTenant, target, run_id: runId, fencing_token: 1, acquired_at: tx.now })
      .execute()

  it('R5 a run that cannot have all of its targets keeps none of them from those claimed with it', async () => {
    await world.read(async (tx) => {
      const [first, second, third, other] = await Promise.all(runs.map((id) => found(tx, id)))
      if (!first || !second || !third || !other) throw new Error('four runs')
      await hold(tx, 'held', other.id)
      // What the first and the second give back is wanted by the one that comes after them.
      const taken = await Promise.all([
        takeLocks(tx, first, ['held', 'one']),
        takeLocks(tx, second, ['one', 'two']),
        takeLocks(tx, third, ['two', 'three']),
      ])
      expect(taken).toEqual([
        { reason: `waits for held, held by ${other.id}`, behind: null },
        { taken: ['one', 'two'] },
        { reason: `waits for two, held by ${second.id}`, behind: null },
      ])
      await tx.db.deleteFrom('target_lock').execute()
    })
  })

  it('R5 of three that want each other’s targets the first has its own, and whoever is not in its way too', async () => {
    await world.read(async (tx) => {
      const [first, second, third] = await Promise.all(runs.map((id) => found(tx, id)))
      if (!first || !second || !third) throw new Error('three runs')
      const taken = await Promise.all([
        takeLocks(tx, first, ['one', 'two']),
        takeLocks(tx, second, ['two', 'three']),
        takeLocks(tx, third, ['three']),
      ])
      expect(taken).toEqual([
        { taken: ['one', 'two'] },
        { reason: `waits for two, held by ${first.id}`, behind: null },
        { taken: ['three'] },
      ])
      const locks = await tx.db
        .selectFrom('target_lock')
        .select(['target', 'run_id', 'fencing_token'])
        .orderBy('target')
        .execute()
      expect(locks).toEqual([
        { target: 'one', run_id: first.id, fencing_token: 1 },
        { target: 'three', run_id: third.id, fencing_token: 1 },
        { target: 'two', run_id: first.id, fencing_token: 1 },
      ])
      await tx.db.deleteFrom('target_lock').execute()
    })
  })

  it('R5 a run that asks for a target keeps nobody who holds it from giving it back', async () => {
    const [asks = '', holds = ''] = runs
    await world.read((tx) => hold(tx, 'busy', holds))
    await world.read(async (tx) => {
      const taken = await takeLocks(tx, await found(tx, asks), ['busy'])
      expect(taken).toMatchObject({ reason: `waits for busy, held by ${holds}` })
      // In a transaction of its own, while this one is open.
      expect(await world.read((other) => freeLocks(other, holds))).toEqual(['busy'])
    })
  })

  it('R5 what a run holds already it keeps, under its next fence, and a failed try gives back the rest alone', async () => {
    await world.read(async (tx) => {
      const [first, second] = await Promise.all(runs.slice(0, 2).map((id) => found(tx, id)))
      if (!first || !second) throw new Error('two runs')
      await hold(tx, 'mine', first.id)
      await hold(tx, 'theirs', second.id)
      const locks = () =>
        tx.db
          .selectFrom('target_lock')
          .select(['target', 'run_id', 'fencing_token as fence'])
          .orderBy('target')
          .execute()
      const theirs = { target: 'theirs', run_id: second.id, fence: 1 }
      await takeLocks(tx, first, ['free', 'mine', 'theirs'])
      expect(await locks()).toEqual([{ target: 'mine', run_id: first.id, fence: 0 }, theirs])
      expect(await takeLocks(tx, { ...first, fencing_token: 6 }, ['free', 'mine'])).toEqual({
        taken: ['free'],
      })
      expect(await locks()).toEqual([
        { target: 'free', run_id: first.id, fence: 7 },
        { target: 'mine', run_id: first.id, fence: 7 },
        theirs,
      ])
      await tx.db.deleteFrom('target_lock').execute()
    })
  })

  it('R5 steps are read with what was written before, although somebody else has asked for them first', async () => {
    await world.read(async (tx) => {
      const [one = '', other = ''] = runs
      await putIntent(tx, {
        tenant_id: testTenant,
        run_id: other,
        step_id: 'flag',
        phase: 'action',
        position: 0,
        title: 'Flag',
        status: 'intent',
        fencing_token: 1,
        started_at: tx.now,
      })
      const ended = {
        runId: other,
        stepId: 'flag',
        phase: 'action',
        status: 'succeeded',
        summary: '',
        tail: '',
      }
      const [, , steps] = await Promise.all([stepsOfRun(tx, one), endStep(tx, ended), stepsOfRun(tx, other)])
      expect(steps.map(({ status }) => status)).toEqual(['succeeded'])
    })
  })

  it('G2 very many freezes of one service hide none of another', async () => {
    const ada = await world.caller('Ada', ['responder', 'approver'])
    await world.read(async (tx) => {
      const freeze = (service: string, hours: number) => ({
        tenant_id: testTenant,
        services: [service],
        what: service,
        reason: 'a test',
        set_by: ada.person.id,
        created_at: tx.now,
        begins_at: tx.now,
        ends_at: tx.now.add({ hours }),
      })
      await tx.db
        .insertInto('freeze')
        .values([freeze('quiet', 1), ...Array.from({ length: 250 }, () => freeze('loud', 2))] as never)
        .execute()
      const of = (service: string) => freezesOf(tx, { service, owner: null, playbook: 'none' })
      const [loud, quiet] = await Promise.all([of('loud'), of('quiet')])
      expect([loud.length, quiet.length]).toEqual([100, 1])
    })
  })
})
