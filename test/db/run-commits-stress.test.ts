import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { createRunCommits } from '../../src/app/run/run-commits.ts'
import { isActive, isTerminal } from '../../src/domain/run.ts'
import { openStore, type Store } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { randomOf } from '../support/random.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const processes = 3
const atOnce = 8

/** Several processes that each make what comes at once together, over few targets. */
describe('commits of runs by several processes at once', () => {
  let world: CoreWorld
  let stores: Store[]
  let apps: App[]
  beforeAll(async () => {
    world = await coreWorld()
    stores = Array.from({ length: processes }, () =>
      openStore({ url: world.appUrl, maxConnections: 10, onError: () => undefined }),
    )
    apps = stores.map((store, at) => ({
      ...world.app,
      store,
      workerId: `process-${at}`,
      runCommits: createRunCommits(),
    }))
  })
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await world.close()
  })

  const deadlocks = async (): Promise<number> => {
    const client = new pg.Client({ connectionString: world.ownerUrl })
    await client.connect()
    const { rows } = await client.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )
    await client.end()
    return Number(rows[0]?.deadlocks)
  }

  it('R5 R9 each run ends once, alone on its target, with each effect done and learned once', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
    const random = randomOf(seed)
    const runs: string[] = []
    const services = new Map<string, string>()
    const playbooks = ['restart', 'two-steps']
    for (let at = 0; at < 32; at += 1) {
      const { name, service } = world.take(at % 3 === 0 ? 'shared' : 'plain')
      const { runId } = await world.queued(name, playbooks[random(2)])
      runs.push(runId)
      services.set(runId, name)
      // Some fail at once, some are not healed by it and undone.
      const how = random(4)
      if (how === 0) service.beforeEffect = async () => 500
      if (how === 1) service.heals = false
    }
    // Whoever has a target, by the run's own account of when it acts.
    const acting = new Map<string, Set<string>>()
    const overlaps: string[] = []
    for (const [runId, name] of services) {
      const target = name.startsWith('shared') ? 'test/shared' : name
      const service = world.estate.of(name)
      const before = service.beforeEffect
      service.beforeEffect = async (action, key) => {
        const now = acting.get(target) ?? new Set()
        acting.set(target, now.add(runId))
        if (now.size > 1) overlaps.push([...now].join())
        const status = await before(action, key)
        await new Promise((resolve) => setImmediate(resolve))
        now.delete(runId)
        return status
      }
    }
    const errors: unknown[] = []
    const underWay = apps.map(() => 0)
    const pending = [...runs]
    let rung = world.rings.length
    let sweeps = 0
    const working = new Set<Promise<void>>()
    const start = (at: number, runId: string): void => {
      underWay[at] = (underWay[at] ?? 0) + 1
      const work = performRun(apps[at] as App, testTenant, runId)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => {
          underWay[at] = (underWay[at] ?? 0) - 1
          working.delete(work)
        })
      working.add(work)
    }
    const statuses = async () =>
      world.read((tx) => tx.db.selectFrom('run').selectAll().where('id', 'in', runs).execute())
    for (;;) {
      for (const { kind, key } of world.rings.slice(rung)) if (kind === 'run') pending.push(key)
      rung = world.rings.length
      while (pending.length > 0 && underWay.some((count) => count < atOnce)) {
        const [runId = ''] = pending.splice(random(pending.length), 1)
        const free = apps.map((_, at) => at).filter((at) => (underWay[at] ?? 0) < atOnce)
        start(free[random(free.length)] ?? 0, runId)
        // Bells ring twice at times.
        if (random(8) === 0) pending.push(runId)
      }
      if (working.size > 0) {
        await Promise.race(working)
        continue
      }
      if (world.rings.slice(rung).some(({ kind }) => kind === 'run')) continue
      const left = (await statuses()).filter(({ status }) => !isTerminal(status))
      if (left.length === 0) break
      sweeps += 1
      if (sweeps > 10) break
      pending.push(...left.map(({ id }) => id))
    }
    const ended = await statuses()
    const count: Record<string, number> = {}
    for (const { status } of ended) count[status] = (count[status] ?? 0) + 1
    // biome-ignore lint: told for whoever wants to see the same again
    console.log({ seed, count, sweeps, errors: errors.length, deadlocks: await deadlocks() })
    const told = `seed ${seed}`
    expect(errors, told).toEqual([])
    expect(sweeps, told).toBe(0)
    expect(overlaps, told).toEqual([])
    expect(
      ended.filter(({ status }) => isActive(status) || !isTerminal(status)),
      told,
    ).toEqual([])
    const rows = await world.read(async (tx) => ({
      locks: await tx.db.selectFrom('target_lock').selectAll().where('run_id', 'in', runs).execute(),
      permits: await tx.db
        .selectFrom('permit')
        .select(['run_id', 'status'])
        .where('run_id', 'in', runs)
        .execute(),
      steps: await tx.db.selectFrom('step_execution').selectAll().where('run_id', 'in', runs).execute(),
      learned: await tx.db.selectFrom('learning_outcome').selectAll().execute(),
      total: await tx.db.selectFrom('learning_total').selectAll().execute(),
      rollup: await tx.db.selectFrom('learning_rollup').selectAll().execute(),
      hour: await tx.db.selectFrom('learning_hour').selectAll().execute(),
      calibration: await tx.db.selectFrom('calibration').selectAll().execute(),
      verdicts: await tx.db
        .selectFrom('policy_verdict')
        .select('run_id')
        .where('moment', '=', 'run')
        .execute(),
      audit: await tx.db
        .selectFrom('audit_entry')
        .select(['event', 'subject', 'seq'])
        .where('subject', 'in', runs)
        .orderBy('seq')
        .execute(),
      outbox: await tx.db
        .selectFrom('outbox')
        .selectAll()
        .where('kind', '=', 'run')
        .where('key', 'in', runs)
        .execute(),
      cards: await tx.db.selectFrom('card').select(['id', 'body']).execute(),
      backOff: await tx.db.selectFrom('proposal_back_off').selectAll().execute(),
    }))
    expect(rows.locks, told).toEqual([])
    expect(rows.outbox, told).toEqual([])
    // Fences: one change of hands each.
    expect(
      ended.filter(({ started_at, fencing_token }) => started_at !== null && fencing_token !== 1),
      told,
    ).toEqual([])
    expect(
      rows.permits.filter(({ status }) => status !== 'used'),
      told,
    ).toEqual([])
    expect(rows.learned.map(({ run_id }) => run_id ?? '').toSorted(), told).toEqual(runs.toSorted())
    const sum = (all: readonly { outcomes: number | string }[]) =>
      all.reduce((so, { outcomes }) => so + Number(outcomes), 0)
    expect([sum(rows.total), sum(rows.rollup), sum(rows.hour)], told).toEqual(
      runs.length === 0 ? [] : [32, 32, 32],
    )
    expect(sum(rows.calibration), told).toBe(rows.learned.filter(({ stated }) => stated !== null).length)
    expect(rows.verdicts.map(({ run_id }) => run_id ?? '').toSorted(), told).toEqual(runs.toSorted())
    for (const run of ended) {
      const events = rows.audit.filter(({ subject }) => subject === run.id).map(({ event }) => event)
      const times = (event: string) => events.filter((each) => each === event).length
      expect(
        [times('run_started'), times('run_finished'), times('outcome_recorded')],
        `${told} ${run.id}`,
      ).toEqual([1, 1, 1])
      const steps = rows.steps.filter(({ run_id, phase }) => run_id === run.id && phase !== 'verify')
      expect([times('step_intended'), times('step_finished')], `${told} ${run.id}`).toEqual([
        steps.length,
        steps.length,
      ])
      expect(
        steps.filter(({ status }) => status === 'intent'),
        told,
      ).toEqual([])
      const { calls } = world.estate.of(services.get(run.id) ?? '')
      expect(new Set(calls).size, `${told} ${run.id}`).toBe(calls.length)
      const failed = run.status !== 'succeeded'
      expect(
        rows.backOff.some(({ service }) => service === services.get(run.id)),
        `${told} ${run.id} ${run.status}`,
      ).toBe(failed)
      expect(
        rows.cards.some(({ id }) => id.endsWith(`run/${run.id}`)),
        told,
      ).toBe(true)
      expect(
        rows.cards.some(({ id }) => id.endsWith(`outcome/${run.id}`)),
        told,
      ).toBe(true)
    }
  })
})
