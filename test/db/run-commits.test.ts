import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { commitOfRun } from '../../src/app/run/run-commits.ts'
import { isTerminal } from '../../src/domain/run.ts'
import { type Database, inTenant, type Tx } from '../../src/storage/database.ts'
import { lockRun } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { countRoundTrips } from '../support/round-trips.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** Commits of several runs that are made together are each all or nothing by itself. */
describe('commits of runs', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const queued = async (count: number): Promise<string[]> => {
    const runs: string[] = []
    for (let at = 0; at < count; at += 1) runs.push((await world.queued(world.take().name)).runId)
    return runs
  }

  /** Keeps those that gather them busy, so that all that is asked for meanwhile goes together. */
  const together = async <T>(runId: string, work: () => Promise<T>): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const first = commitOfRun(world.app, testTenant, {
      runId,
      kind: 'note',
      withIncident: false,
      work: async (_, __, locked) => {
        await locked
        await promise
      },
    })
    const working = work()
    resolve()
    await first
    return working
  }

  const say = (tx: Tx, runId: string, reason: string) =>
    tx.db
      .updateTable('run')
      .set({ reason })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', runId)
      .execute()

  const write = (runId: string, reason: string, then: () => unknown = () => undefined) =>
    commitOfRun(world.app, testTenant, {
      runId,
      kind: 'note',
      withIncident: true,
      work: async (tx, out, locked) => {
        await locked
        await say(tx, runId, reason)
        out.audit({ event: 'run_verifying', actor: 'person_suture', subject: runId, details: { checks: [] } })
        await then()
        return reason
      },
    })

  const entriesOf = (runs: readonly string[]) =>
    inTenant(world.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select('subject')
        .where('event', '=', 'run_verifying')
        .where('subject', 'in', [...runs])
        .orderBy('seq')
        .execute(),
    ).then((rows) => rows.map(({ subject }) => subject))

  it('R5 what several runs commit while another commit is under way goes into one transaction', async () => {
    const [busy = '', ...runs] = await queued(5)
    const alone = await countRoundTrips(() => write(busy, 'alone'))
    const trips = await countRoundTrips(() =>
      together(busy, () => Promise.all(runs.map((run) => write(run, 'seen')))),
    )
    // The one that keeps them busy, and all others.
    expect(trips.trips).toBeLessThanOrEqual(2 * alone.trips)
    expect(trips.statements).toBeLessThan(runs.length * alone.statements)
    for (const run of runs) expect(await world.run(run)).toMatchObject({ reason: 'seen' })
    expect((await entriesOf(runs)).toSorted()).toEqual(runs.toSorted())
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('this one fails')
      },
    ],
  ])('R5 one that %s spoils none of the others, and nothing of it stays', async (_, fail) => {
    const [busy = '', bad = '', ...runs] = await queued(5)
    const ended = await together(busy, () =>
      Promise.allSettled([write(bad, 'bad', fail), ...runs.map((run) => write(run, 'good'))]),
    )
    expect(ended.map(({ status }) => status)).toEqual(['rejected', ...runs.map(() => 'fulfilled')])
    expect(ended[0]).toMatchObject({ reason: { message: 'this one fails' } })
    expect(await world.run(bad)).toMatchObject({ reason: '' })
    for (const run of runs) expect(await world.run(run)).toMatchObject({ reason: 'good' })
    // Once each, although it was begun twice.
    expect((await entriesOf([bad, ...runs])).toSorted()).toEqual(runs.toSorted())
  })

  it('R5 a statement that PostgreSQL refuses in one of them ends only that one', async () => {
    const [busy = '', bad = '', ...runs] = await queued(4)
    const refused = commitRefused(world.app)
    const ended = await together(busy, () =>
      Promise.allSettled([refused(bad), ...runs.map((run) => write(run, 'good'))]),
    )
    expect(ended.map(({ status }) => status)).toEqual(['rejected', ...runs.map(() => 'fulfilled')])
    expect(String(ended[0]?.status === 'rejected' ? ended[0].reason : '')).toContain('run_status_check')
    for (const run of runs) expect(await world.run(run)).toMatchObject({ reason: 'good' })
  })

  it('R5 one that PostgreSQL has ended to break a circle of waiting is made once more, alone or with others', async () => {
    const [busy = '', run = '', other = ''] = await queued(3)
    let times = 0
    const circle = (): void => {
      times += 1
      if (times % 2 === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    }
    expect(await write(run, 'alone', circle)).toBe('alone')
    const ended = await together(busy, () => Promise.all([write(run, 'both', circle), write(other, 'both')]))
    expect(ended).toEqual(['both', 'both'])
    expect(times).toBe(4)
    expect(await entriesOf([run, other])).toHaveLength(3)
    // Not for ever.
    const always = write(run, 'never', () => {
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    })
    await expect(always).rejects.toThrow('deadlock detected')
    expect(await world.run(run)).toMatchObject({ reason: 'both' })
  })

  it('R5 a row that somebody else holds holds up its own run alone', async () => {
    const [busy = '', held = '', run = ''] = await queued(3)
    const seen: string[] = []
    let waiting: Promise<string> | undefined
    await world.read(async (tx) => {
      await lockRun(tx, held)
      await together(busy, () => {
        waiting = write(held, 'later', () => seen.push('held'))
        return write(run, 'at once')
      })
      seen.push('let go')
    })
    expect(await waiting).toBe('later')
    expect(seen).toEqual(['let go', 'held'])
  })

  const commitRefused = (app: App) => (runId: string) =>
    commitOfRun(app, testTenant, {
      runId,
      kind: 'note',
      withIncident: false,
      work: async (tx) => {
        await tx.db
          .updateTable('run')
          .set({ status: 'no status' as Database['run']['status'] })
          .where('tenant_id', '=', tx.tenantId)
          .where('id', '=', runId)
          .execute()
      },
    })

  it('R5 the second of two commits of one run sees what the first has written', async () => {
    const [busy = '', run = ''] = await queued(2)
    const seen = await together(busy, async () => {
      const first = write(run, 'the first')
      const second = commitOfRun(world.app, testTenant, {
        runId: run,
        kind: 'note',
        withIncident: true,
        work: async (_, __, locked) => (await locked).run?.reason,
      })
      await first
      return second
    })
    expect(seen).toBe('the first')
  })

  it('R5 of two runs that are claimed together for one target, one has it and the other waits for it', async () => {
    const [busy = ''] = await queued(1)
    const first = await world.queued(world.take('shared').name)
    const second = await world.queued(world.take('shared').name)
    const claims = await together(busy, () =>
      Promise.all([first, second].map(({ runId }) => claimRun(world.app, testTenant, runId))),
    )
    expect(claims.map((claim) => claim?.run.id ?? null)).toEqual([first.runId, null])
    const { status, reason } = await world.run(second.runId)
    expect(status).toBe('queued')
    expect(reason).toContain(`held by ${first.runId}`)
  })

  it('R5 R9 many runs at once all end, each learned from once', async () => {
    const runs = await queued(12)
    await Promise.all(runs.map((run) => performRun(world.app, testTenant, run)))
    for (const run of runs) expect(isTerminal((await world.run(run)).status)).toBe(true)
    const learned = await world.read((tx) =>
      tx.db.selectFrom('learning_outcome').select('run_id').where('run_id', 'in', runs).execute(),
    )
    expect(learned.map(({ run_id }) => run_id ?? '').toSorted()).toEqual(runs.toSorted())
  })
})
