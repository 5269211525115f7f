import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMetricReader } from '../../adapters/evidence/prometheus.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { type CoreWorld, corePlaybooks, coreWorld } from '../db/core-world.ts'
import { testTenant } from '../support/app.ts'
import { hasPrometheus, startProbeExporter, startPrometheus } from '../support/prometheus.ts'
import { freePort } from '../support/suture.ts'

describe.skipIf(!hasPrometheus)('verification by a real Prometheus', () => {
  let world: CoreWorld
  let prometheus = ''
  let movedMs = 0
  beforeAll(async () => {
    world = await coreWorld({
      settle: { leaseMs: 600_000 },
      overrides: {
        clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() + movedMs },
        metrics: {
          read: (...asked) =>
            createMetricReader({ urls: [prometheus], token: null, timeoutMs: 5_000 }).read(...asked),
        },
      },
    })
  })
  afterAll(() => world.close())

  const tempDir = async (): Promise<string> => {
    const dir = await mkdtemp(join(tmpdir(), 'suture verify '))
    onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
    return dir
  }
  const queued = async (verifyOf: (service: string) => string) => {
    const { name } = world.take()
    const text = corePlaybooks['two-steps'] ?? ''
    await world.configure({ 'two-steps': text.replace(/^verify: .*$/m, `verify: ${verifyOf(name)}`) })
    return { name, ...(await world.queued(name)) }
  }
  const checkOf = (runId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('step_execution')
        .select(['status', 'summary'])
        .where('run_id', '=', runId)
        .where('phase', '=', 'verify')
        .executeTakeFirst(),
    )

  it('R6 D2 a service is recovered once its metric says so three times in a row', async () => {
    const { name, runId } = await queued(
      (service) =>
        `{ check: prometheus, title: Probe success, query: 'probe_success{service="${service}"}', above: 0, within: 5m, every: 200ms }`,
    )
    const target = await startProbeExporter(name, `${world.estate.url}/${name}/health`)
    prometheus = await startPrometheus(await tempDir(), { target })
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
    expect(await checkOf(runId)).toEqual({
      status: 'succeeded',
      summary: 'Probe success 1, above 0, three times in a row',
    })
  })

  it.each<[string, string, string, 'not_recovered' | 'not_measured', RegExp]>([
    ['a value on the wrong side', 'vector(7)', 'below: 1', 'not_recovered', /^5xx rate 7, not below 1$/],
    ['no data', 'nothing_of_this_name', 'below: 1', 'not_measured', /^not measured: 5xx rate: no data$/],
    ['nothing divided by nothing', 'vector(0) / vector(0)', 'below: 1', 'not_measured', /: no data$/],
    [
      'a query that is refused',
      'sum(',
      'below: 1',
      'not_measured',
      /^not measured: Prometheus refuses the query/,
    ],
    [
      'no Prometheus there',
      'up',
      'above: 0',
      'not_measured',
      /^not measured: Prometheus at .* can't be reached/,
    ],
  ])('R6 D2 %s is no success', async (what, query, bound, recovery, words) => {
    const { runId } = await queued(
      () => `{ check: prometheus, title: 5xx rate, query: '${query}', ${bound}, within: 1m, every: 200ms }`,
    )
    prometheus =
      what === 'no Prometheus there'
        ? `http://127.0.0.1:${await freePort()}`
        : await startPrometheus(await tempDir(), { target: `127.0.0.1:${await freePort()}` })
    const running = performRun(world.app, testTenant, runId)
    await vi.waitFor(
      async () => expect((await checkOf(runId))?.summary ?? '').not.toMatch(/^(no answer yet)?$/),
      { timeout: 60_000, interval: 50 },
    )
    movedMs += 90_000
    await running
    expect(await world.run(runId)).toMatchObject({
      status: recovery === 'not_recovered' ? 'rolled_back' : 'failed',
      cause: recovery,
    })
    expect(await checkOf(runId)).toMatchObject({
      status: 'failed',
      summary: expect.stringMatching(words) as string,
    })
  })
})
