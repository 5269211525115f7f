import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld } from './core-world.ts'

describe('the database is gone in mid-flight', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  /** Ends every connection of Suture's processes to this database. */
  const cut = async (): Promise<number> => {
    const { rowCount } = await world.app.store.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
    )
    return rowCount ?? 0
  }

  it('I2 connections cut again and again while alerts pour in: what was acknowledged is there', async () => {
    const { name } = world.take()
    const writers = Array.from({ length: 3 }, () => createIngestWriter(world.app))
    const alerts = Array.from({ length: 150 }, (_, number) =>
      anAlert({ service: name, labels: { number: String(number) } }),
    )
    let cuts = 0
    const acknowledged: string[] = []
    let refused = 0
    // A sender tries again when it is told of a failure, as Alertmanager does.
    const deliver = async (number: number): Promise<void> => {
      const alert = alerts[number]
      const writer = writers[number % writers.length]
      if (alert === undefined || writer === undefined) return
      for (let attempt = 0; attempt < 20; attempt += 1)
        try {
          await writer.ingest({
            tenantId: testTenant,
            source: 'alertmanager',
            alerts: [alert],
            keptAside: [],
          })
          acknowledged.push(alert.fingerprint)
          return
        } catch {
          refused += 1
        }
      throw new Error(`alert ${number} was never accepted`)
    }
    for (let from = 0; from < alerts.length; from += 10) {
      const sending = Promise.all(Array.from({ length: 10 }, (_, at) => deliver(from + at)))
      cuts += await cut()
      await sending
    }
    expect(cuts).toBeGreaterThan(0)
    expect(acknowledged).toHaveLength(150)
    const rows = await world.read((tx) =>
      tx.db.selectFrom('alert').select(['fingerprint', 'received']).where('service', '=', name).execute(),
    )
    expect(new Set(rows.map((row) => row.fingerprint))).toEqual(new Set(acknowledged))
    const incidents = await world.read((tx) =>
      tx.db.selectFrom('incident').selectAll().where('service', '=', name).execute(),
    )
    expect(incidents).toMatchObject([{ status: 'open', firing: 150 }])
    expect(refused).toBeGreaterThan(0)
  })

  it.each([
    'run_claimed',
    'intent:action:flag',
    'acted:action:flag',
    'committing:step_intended',
    'committing:step_finished',
    'committing:run_finished+outcome_recorded',
    'committing:step_finished+run_verifying',
    'verified',
  ])(
    'R7 the connections are cut at %s: the next worker ends the run rightly, every effect once',
    async (where) => {
      const { name, service } = world.take()
      const { runId } = await world.queued(name)
      let reached = false
      const outcome = performRun(
        {
          ...world.app,
          workerId: 'cut-off',
          checkpoint: async (at) => {
            if (at !== where || reached) return
            reached = true
            await cut()
          },
        },
        testTenant,
        runId,
      )
      await outcome.catch((error: unknown) => {
        expect(String(error)).toMatch(/terminat|connection|ECONNRESET|EPIPE/i)
      })
      expect(reached).toBe(true)
      world.shift(afterTheLeaseMs)
      await performRun(world.app, testTenant, runId)
      const run = await world.run(runId)
      expect(run).toMatchObject({ status: 'succeeded' })
      expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`, `scale_instances ${runId}.scale`])
      const events = await world.eventsOf(runId)
      expect(events.filter((event) => event === 'run_finished')).toHaveLength(1)
      expect(events.filter((event) => event === 'step_finished')).toHaveLength(2)
    },
  )
})
