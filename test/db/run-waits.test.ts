import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { createStepLog } from '../../src/app/run/step-log.ts'
import { sweepOnce } from '../../src/app/sweep.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('a run that waits for a target', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const cardOf = async (incidentId: string, runId: string): Promise<string> => {
    const { body } = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select('body')
        .where('id', '=', `${incidentId}/run/${runId}`)
        .executeTakeFirstOrThrow(),
    )
    return plainText(body)
  }
  const locks = () =>
    world.read((tx) =>
      tx.db
        .selectFrom('target_lock')
        .select(['target', 'run_id'])
        .where('target', '=', 'test/shared')
        .execute(),
    )

  it('R5 three that want one target: one runs, the others say who holds it, which place they have and when they give up', async () => {
    const { name: first, service } = world.take('shared')
    const holder = await world.queued(first)
    const next = await world.queued(world.take('shared').name)
    const last = await world.queued(world.take('shared').name)
    const acting = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    service.beforeEffect = async () => {
      acting.resolve()
      await go.promise
      return 200
    }
    const running = performRun(world.app, testTenant, holder.runId)
    await acting.promise
    await performRun(world.app, testTenant, last.runId)
    await performRun(world.app, testTenant, next.runId)
    expect(await cardOf(next.incidentId, next.runId)).toMatch(
      new RegExp(`Waits for test/shared, held by ${holder.runId}\\. Next in line\\. Gives up \\d{4}-`),
    )
    expect(await cardOf(last.incidentId, last.runId)).toContain('2nd in line.')
    expect((await world.run(last.runId)).status).toBe('queued')
    go.resolve()
    await running
    const rung = world.rings.filter((ring) => ring.key === next.runId || ring.key === last.runId)
    expect(rung.slice(-2).map((ring) => ring.key)).toEqual([next.runId, last.runId])
    await performRun(world.app, testTenant, next.runId)
    await performRun(world.app, testTenant, last.runId)
    expect((await world.run(last.runId)).finished_at).not.toBeNull()
  })

  /** `count` runs that want one target, in the order of their approval, and all of them have waited for it. */
  const waiters = async (count: number) => {
    const holder = await world.queued(world.take('shared').name, 'restart')
    const waiting = []
    for (let at = 0; at < count; at++) waiting.push(await world.queued(world.take('shared').name, 'restart'))
    const runIds = waiting.map(({ runId }) => runId)
    await performRun(
      {
        ...world.app,
        checkpoint: async (at) => {
          if (at === 'intent:action:restart')
            for (const runId of runIds.toReversed()) await performRun(world.app, testTenant, runId)
        },
      },
      testTenant,
      holder.runId,
    )
    const [first = '', second = ''] = runIds
    return { first, second, stands: async (runId: string) => (await world.run(runId)).status }
  }
  const permitEnds = (runId: string) =>
    world.read((tx) =>
      tx.db.updateTable('permit').set({ expires_at: tx.now }).where('run_id', '=', runId).execute(),
    )

  it('R5 the one that has waited longest is next, whoever is rung first', async () => {
    const { first, second, stands } = await waiters(2)
    const before = world.rings.length
    await performRun(world.app, testTenant, second)
    expect(await world.run(second)).toMatchObject({
      status: 'queued',
      reason: `waits for ${first}, which has waited longer for the same target`,
    })
    expect(world.rings.slice(before).map(({ key }) => key)).toContain(first)
    await performRun(world.app, testTenant, first)
    expect(await stands(first)).toBe('succeeded')
    await performRun(world.app, testTenant, second)
    expect(await stands(second)).toBe('succeeded')
  })

  it('R5 one that cannot start anyway is overtaken: its permit has ended, or it waits for another target too', async () => {
    const expired = await waiters(2)
    await permitEnds(expired.first)
    await performRun(world.app, testTenant, expired.second)
    expect(await expired.stands(expired.second)).toBe('succeeded')
    await performRun(world.app, testTenant, expired.first)
    expect(await expired.stands(expired.first)).toBe('blocked')

    const wider = await waiters(2)
    const elsewhere = await world.queued(world.take().name)
    const target = 'test/elsewhere'
    await world.read((tx) =>
      Promise.all([
        tx.db
          .updateTable('permit')
          .set({ targets: ['test/shared', target] })
          .where('run_id', '=', wider.first)
          .execute(),
        tx.db
          .insertInto('target_lock')
          .values({
            tenant_id: testTenant,
            target,
            run_id: elsewhere.runId,
            fencing_token: 1,
            acquired_at: tx.now,
          })
          .execute(),
      ]),
    )
    await performRun(world.app, testTenant, wider.second)
    expect(await wider.stands(wider.second)).toBe('succeeded')
  })

  it('R5 waiting is bounded: the sweeper rings a run whose permit has ended, and it ends blocked without taking a lock', async () => {
    const { name, service } = world.take('mute')
    await world.read((tx) => tx.db.selectFrom('target_lock').select('target').execute())
    const { runId, incidentId } = await world.queued(name)
    const other = await world.queued(world.take().name)
    const target = `test/${name}`
    await world.read((tx) =>
      tx.db
        .insertInto('target_lock')
        .values({
          tenant_id: testTenant,
          target,
          run_id: other.runId,
          fencing_token: 1,
          acquired_at: tx.now,
        })
        .execute(),
    )
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'queued' })
    expect(await cardOf(incidentId, runId)).toContain('Gives up ')
    world.shift(world.app.limits.permitTtlMs + 1_000)
    world.rings.length = 0
    await sweepOnce(world.app)
    expect(world.rings).toContainEqual({ tenantId: testTenant, kind: 'run', key: runId })
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect((await world.run(runId)).reason).toContain('it expired at')
    expect(service.calls).toEqual([])
    expect(
      await world.read((tx) =>
        tx.db.selectFrom('target_lock').select('run_id').where('target', '=', target).execute(),
      ),
    ).toEqual([{ run_id: other.runId }])
    expect(await locks()).toEqual([])
  })

  it('R3 the last lines of a long step stand on its card while it goes on', async () => {
    const { runId, incidentId } = await world.queued(world.take().name)
    const claim = await claimRun(world.app, testTenant, runId)
    if (claim === null || claim.intended === null) throw new Error('nothing to do')
    let nowMs = 0
    const app = { ...world.app, clock: { ...world.app.clock, monotonicMs: () => nowMs } }
    const log = createStepLog(app, claim, claim.intended)
    nowMs = 2_001
    log.write('stdout', 'still copying, 40 %\n')
    await log.close()
    const card = await cardOf(incidentId, runId)
    expect(card).toContain('Output, as it comes\nstill copying, 40 %')
    expect(card).toContain('Now: ')
    expect((await world.run(runId)).status).toBe('running')
  })
})
