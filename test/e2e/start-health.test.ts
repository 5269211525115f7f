import pg from 'pg'
import { expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { createHealth } from '../../src/start/health.ts'
import { testApp } from '../support/app.ts'

const facts = {
  version: 'test',
  watchdogAlive: null,
  configuration: () => ({ status: 'pass' as const, detail: 'fits' }),
  ingest: { waiting: () => 0 },
  database: { describe: 'PostgreSQL of the test', directory: null, away: () => null },
}
const containment = () => ({ kind: 'pid_namespace', sentence: 'contained' })

it('a jump of the clock is said in health', async () => {
  const test = await testApp()
  try {
    const began = Temporal.Now.instant()
    let setMs = 0
    const clock = { now: () => began.add({ milliseconds: setMs }), monotonicMs: () => 0 }
    const app: App = { ...test.app, clock }
    const health = createHealth({ app, containment }, facts)
    expect((await health()).checks['clock']).toEqual({ status: 'pass', detail: 'agrees with PostgreSQL' })
    setMs = 3_600_000
    const report = await health()
    expect(report.status).toBe('warn')
    expect(report.checks['clock']?.detail).toMatch(
      /^the clock of this machine jumped 3600 s ahead .* PostgreSQL differ by 3[56]\d\d s; expiries follow PostgreSQL$/,
    )
  } finally {
    await test.close()
  }
})

it('a database that is away is said with its cause, and everything that can still be told is', async () => {
  const test = await testApp()
  await test.close()
  const away = { ...facts.database, away: () => 'it is being started again' }
  const report = await createHealth({ app: test.app, containment }, { ...facts, database: away })()
  expect(report.status).toBe('fail')
  expect(report.checks['database']?.detail).toBe(
    'cannot be reached: it is being started again. Alerts are answered with 503 until it is back, so their senders try again.',
  )
  expect(Object.keys(report.checks)).toEqual(['database', 'clock', 'configuration', 'intake'])
})

it('what fails is told with the time at which it was first seen to, until it is well again', async () => {
  const test = await testApp()
  try {
    const began = Temporal.Now.instant()
    let passedMs = 0
    const clock = { now: () => began.add({ milliseconds: passedMs }), monotonicMs: () => passedMs }
    let alive = true
    const health = createHealth(
      { app: { ...test.app, clock }, containment },
      { ...facts, watchdogAlive: () => alive },
    )
    const watchdog = async (atMs: number) => {
      passedMs = atMs
      return (await health()).checks['watchdog']
    }
    expect(await watchdog(0)).not.toHaveProperty('since')
    alive = false
    expect((await watchdog(1_000))?.since?.equals(began.add({ milliseconds: 1_000 }))).toBe(true)
    expect((await watchdog(90_000))?.since?.equals(began.add({ milliseconds: 1_000 }))).toBe(true)
    alive = true
    expect(await watchdog(91_000)).not.toHaveProperty('since')
    alive = false
    expect((await watchdog(92_000))?.since?.equals(began.add({ milliseconds: 92_000 }))).toBe(true)
  } finally {
    await test.close()
  }
})

it('a database that takes the question and does not answer is said in time, and is not asked again meanwhile', async () => {
  const test = await testApp()
  const holder = new pg.Client({ connectionString: test.ownerUrl })
  try {
    const health = createHealth({ app: test.app, containment }, { ...facts, patienceMs: 250 })
    await expect.poll(async () => (await health()).checks['database']?.status).toBe('pass')
    await holder.connect()
    await holder.query('begin; lock table outbox in access exclusive mode')
    for (let probes = 0; probes < 3; probes += 1)
      expect((await health()).checks['database']).toMatchObject({
        status: 'fail',
        detail: expect.stringMatching(/^cannot be reached: it does not answer within 0\.25 s\. /) as string,
      })
    const { rows } = await holder.query<{ asked: number }>(
      `select count(*)::int as asked from pg_locks where relation = 'outbox'::regclass and not granted`,
    )
    expect(rows).toEqual([{ asked: 1 }])
    await holder.query('rollback')
    await expect.poll(async () => (await health()).checks['database']?.status).toBe('pass')
  } finally {
    await holder.end()
    await test.close()
  }
})
