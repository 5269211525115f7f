import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import type { Outbound } from '../../src/app/commit.ts'
import { releaseLocks } from '../../src/app/run/finish-run.ts'
import { commitOfRun, createRunCommits, type Locked } from '../../src/app/run/run-commits.ts'
import { openStore, type Store, type Tx } from '../../src/storage/database.ts'
import { takeLocks } from '../../src/storage/lock.repository.ts'
import { moveRun, usePermit } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { randomOf } from '../support/random.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const processes = 3
const names = ['a', 'b', 'c', 'd', 'e']
const kept = 'kept'

/** Targets of runs that are claimed and ended together, in several processes. */
describe('target locks of runs that are committed together', () => {
  let world: CoreWorld
  let stores: Store[]
  let apps: App[]
  const rings: string[] = []
  beforeAll(async () => {
    world = await coreWorld()
    stores = Array.from({ length: processes }, () =>
      openStore({ url: world.appUrl, maxConnections: 10, onError: () => undefined }),
    )
    apps = stores.map((store) => ({
      ...world.app,
      store,
      bell: { ring: (effects) => rings.push(...effects.map(({ key }) => key)) },
      runCommits: createRunCommits(),
    }))
  })
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await world.close()
  })

  class Thrown extends Error {}

  it('R5 a target is held by one run at a time, and whoever waits is rung for when it is free', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
    const random = randomOf(seed)
    const told = `seed ${seed}`
    const wanted = new Map<string, string[]>()
    for (let at = 0; at < 20; at += 1) {
      const { runId } = await world.queued(world.take().name)
      const some = names.filter(() => random(5) < 2)
      const targets = some.length === 0 ? [names[random(5)] ?? 'a'] : some
      wanted.set(runId, random(6) === 0 ? [...targets, kept] : targets)
    }
    const keeper = (await world.queued(world.take().name)).runId
    await world.read(async (tx) => {
      for (const [runId, targets] of wanted)
        await tx.db
          .updateTable('permit')
          .set({ targets } as never)
          .where('run_id', '=', runId)
          .execute()
      await tx.db
        .insertInto('target_lock')
        .values({
          tenant_id: testTenant,
          target: kept,
          run_id: keeper,
          fencing_token: 1,
          acquired_at: tx.now,
        })
        .execute()
    })

    const holders = new Map<string, string>()
    const done: string[] = []
    const wrong: string[] = []
    const spoilt = (): void => {
      if (random(10) === 0) throw new Thrown('this one fails')
    }
    const claim = (runId: string, app: App) =>
      commitOfRun(app, testTenant, {
        runId,
        kind: 'note',
        withIncident: true,
        work: async (tx: Tx, out: Outbound, locked: Promise<Locked>) => {
          const { run } = await locked
          if (run?.status !== 'queued') return null
          const locks = await takeLocks(tx, run, wanted.get(runId) ?? [])
          spoilt()
          if (!('taken' in locks)) {
            await tx.db
              .updateTable('run')
              .set({ reason: locks.reason })
              .where('tenant_id', '=', tx.tenantId)
              .where('id', '=', runId)
              .execute()
            if (locks.behind !== null) out.effect({ kind: 'run', key: locks.behind })
            return null
          }
          await usePermit(tx, runId)
          return moveRun(tx, run, 'running', { fencing_token: run.fencing_token + 1, started_at: tx.now })
        },
      })
    const end = (runId: string, app: App) =>
      commitOfRun(app, testTenant, {
        runId,
        kind: 'note',
        withIncident: true,
        work: async (tx: Tx, out: Outbound, locked: Promise<Locked>) => {
          const { run } = await locked
          if (run?.status !== 'running') return
          await releaseLocks(tx, out, await moveRun(tx, run, 'failed', { finished_at: tx.now }))
          spoilt()
        },
      })
    const untilMade = async <T>(make: () => Promise<T>): Promise<T> => {
      for (;;)
        try {
          return await make()
        } catch (error) {
          if (!(error instanceof Thrown)) throw error
        }
    }
    const perform = async (runId: string): Promise<void> => {
      const app = apps[random(processes)] as App
      const held = await untilMade(() => claim(runId, app))
      if (held === null) return
      const targets = wanted.get(runId) ?? []
      for (const target of targets) {
        if (holders.has(target)) wrong.push(`${runId} took ${target}, held by ${holders.get(target)}`)
        holders.set(target, runId)
      }
      for (let turns = random(4); turns > 0; turns -= 1) await new Promise(setImmediate)
      // From here on somebody else may have them, and be told so before this one is told that it has ended.
      for (const target of targets) holders.delete(target)
      await untilMade(() => end(runId, app))
      done.push(runId)
    }

    const settle = async (): Promise<void> => {
      const working = new Set<Promise<void>>()
      for (;;) {
        for (const runId of rings.splice(0)) {
          const work = perform(runId).finally(() => working.delete(work))
          working.add(work)
        }
        if (working.size === 0) return
        await Promise.race(working)
      }
    }
    rings.push(...wanted.keys())
    await settle()
    expect(wrong, told).toEqual([])
    const able = [...wanted].filter(([, targets]) => !targets.includes(kept)).map(([id]) => id)
    // By rings alone: nobody sweeps here.
    expect(done.toSorted(), told).toEqual(able.toSorted())
    const locks = await world.read((tx) =>
      tx.db.selectFrom('target_lock').select(['target', 'run_id']).execute(),
    )
    expect(locks, told).toEqual([{ target: kept, run_id: keeper }])
    await world.read((tx) => tx.db.deleteFrom('target_lock').execute())
    rings.push(...[...wanted.keys()].filter((id) => !done.includes(id)))
    await settle()
    expect(wrong, told).toEqual([])
    expect(done.toSorted(), told).toEqual([...wanted.keys()].toSorted())
  })
})
