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
