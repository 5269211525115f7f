import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { sweepOnce } from '../../src/app/sweep.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('what is rung again', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const ringsFor = (key: string) => world.rings.filter((ring) => ring.key === key)
  const sweep = async () => {
    world.rings.length = 0
    await Promise.all(Array.from({ length: 4 }, () => sweepOnce(world.app)))
  }

  it('O9 a ring that was lost comes again, once, however many sweepers there are', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    await sweep()
    expect(ringsFor(incidentId)).toEqual([])
    world.shift(world.app.limits.ringAgainMs + 1)
    await sweep()
    expect(ringsFor(incidentId)).toHaveLength(1)
    await sweep()
    expect(ringsFor(incidentId)).toEqual([])
  })

  it('R7 a run is rung for when the lease of its worker is over, and not before', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'result:action:flag'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(world.app.limits.ringAgainMs + 1)
    await sweep()
    expect(ringsFor(runId)).toEqual([])
    world.shift(afterTheLeaseMs)
    await sweep()
    expect(ringsFor(runId)).toHaveLength(1)
    await performRun(world.app, testTenant, runId)
    world.shift(afterTheLeaseMs)
    await sweep()
    expect(ringsFor(runId)).toEqual([])
  })

  it('G3 two watchdogs that see one overdue run end it once', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'result:action:flag'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    const ended = await Promise.all(Array.from({ length: 4 }, () => endOverdueRuns(world.app, vi.fn())))
    expect(ended.flat()).toEqual([runId])
    expect((await world.eventsOf(runId)).filter((event) => event === 'run_finished')).toHaveLength(1)
  })

  it('G3 an overdue run whose worker left a process is left to the watchdog, which kills that first', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'intent:action:flag'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    await world.read((tx) =>
      tx.db
        .insertInto('run_process')
        .values({
          tenant_id: testTenant,
          run_id: runId,
          pid: 4711,
          start_ticks: '1',
          boot_id: 'b',
          host: world.app.host,
        })
        .execute(),
    )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'running' })
    const kill = vi.fn(async () => 'ended' as never)
    expect(await endOverdueRuns(world.app, kill)).toEqual([runId])
    expect(kill).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ pid: 4711 }), expect.anything())
    expect(await world.run(runId)).toMatchObject({ status: 'timed_out' })
  })

  it('G3 one overdue run that cannot be ended keeps no other waiting', async () => {
    const runs = [await world.queued(world.take().name), await world.queued(world.take().name)]
    for (const { runId } of runs)
      await expect(performRun(dyingAt(world.app, 'result:action:flag'), testTenant, runId)).rejects.toThrow(
        Died,
      )
    world.shift(world.app.limits.runBudgetMs + 5_000)
    for (const broken of runs) {
      const app = {
        ...world.app,
        ids: {
          ...world.app.ids,
          uuid: () => {
            throw new Error('out of ids')
          },
        },
      }
      // Both fail for this watchdog; each is tried.
      const error = vi.fn()
      expect(await endOverdueRuns({ ...app, log: { ...app.log, error } }, vi.fn())).toEqual([])
      expect(error).toHaveBeenCalledWith(expect.objectContaining({ run: broken.runId }), expect.any(String))
    }
    expect([...(await endOverdueRuns(world.app, vi.fn()))].toSorted()).toEqual(
      runs.map(({ runId }) => runId).toSorted(),
    )
  })

  it('H4 I2 one writer takes the alerts of several tenants, and each lands in its own', async () => {
    const tenants = ['north', 'south', 'west']
    for (const tenant of tenants) {
      await ensureTenant(world.ownerUrl, tenant, tenant)
      await bootstrapTenant(world.app, tenant, { lab: true })
      await importFiles(world.app, tenant, {
        catalogue: { value: { services: [] }, source: 'none' },
        playbooks: [],
        policy: null,
      })
    }
    const writer = createIngestWriter(world.app)
    await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        writer.ingest({
          tenantId: tenants[number % 3] ?? '',
          source: 'alertmanager',
          alerts: [anAlert({ service: 'mixed', labels: { number: String(number) } })],
          keptAside: [],
        }),
      ),
    )
    expect(writer.waiting()).toBe(0)
    for (const [at, tenant] of tenants.entries()) {
      const rows = await world.read(
        (tx) => tx.db.selectFrom('alert').select('labels').where('service', '=', 'mixed').execute(),
        tenant,
      )
      expect(rows.map((row) => Number(row.labels['number']) % 3)).toEqual(
        Array.from({ length: 20 }, () => at),
      )
    }
  })
})
