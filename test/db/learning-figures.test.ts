import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  readCalibration,
  readLearning,
  readLearningBy,
  readRecovery,
  readRecoveryBy,
  spanOf,
} from '../../src/app/read/learning.ts'
import type { OutcomeSum } from '../../src/domain/learning/figures.ts'
import type { Span } from '../../src/domain/learning/grains.ts'
import { learningStatuses, recoveries } from '../../src/domain/learning.ts'
import { wilson } from '../../src/domain/odds.ts'
import { inTenant, type Tx } from '../../src/storage/database.ts'
import { recordOutcome, recordRecovery } from '../../src/storage/learning.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { writeHistory } from '../support/learning-history.ts'

const until = '2026-11-20T10:37:12.345Z'
const now = Temporal.Instant.from(until)

interface Raw {
  service: string
  playbook: string | null
  diagnosis_code: string
  status: OutcomeSum['status']
  recovery: OutcomeSum['recovery']
  duration_ms: number
  ms: number
}

let world: TestApp
let history: Raw[]
beforeAll(async () => {
  world = await testApp()
  const owner = new pg.Client({ connectionString: world.ownerUrl })
  await owner.connect()
  await writeHistory(owner, { tenantId: testTenant, outcomes: 100_000, days: 40, until, seed: 7 })
  const { rows } = await owner.query<Raw>(
    `select service, playbook, diagnosis_code, status, recovery, duration_ms::int, (extract(epoch from at) * 1000)::float8 as ms
     from learning_outcome where tenant_id = $1`,
    [testTenant],
  )
  history = rows
  await owner.end()
})
afterAll(() => world.close())

const read = <T>(reading: (tx: Tx) => Promise<T>): Promise<T> =>
  inTenant(world.app.store, testTenant, reading)

/** Counted one by one, from the single outcomes alone. */
const counted = (rows: readonly Raw[]) => {
  const tries = rows.filter(
    ({ status }) => status !== 'blocked' && status !== 'canceled' && status !== 'self_recovered',
  )
  const worked = tries.filter(
    ({ status, recovery }) => status === 'succeeded' && recovery === 'recovered',
  ).length
  const ms = tries.reduce((sum, { duration_ms }) => sum + duration_ms, 0)
  return {
    total: rows.length,
    tried: tries.length,
    worked,
    failed: tries.length - worked,
    rate: tries.length === 0 ? null : worked / tries.length,
    averageMs: tries.length === 0 ? null : Math.round(ms / tries.length),
    selfRecovered: rows.filter(({ status }) => status === 'self_recovered').length,
    ...wilson(worked, tries.length),
  }
}

const within = ({ ms }: Raw, span: Span | null): boolean =>
  span === null || (ms >= span.from.epochMilliseconds && ms < span.to.epochMilliseconds)

describe('figures of a seeded history of 100,000 outcomes', () => {
  it.each(['24h', '7d', 'all'] as const)('L1 of %s are exact, statuses and all', async (bucket) => {
    const span = spanOf(bucket, now)
    const mine = history.filter((row) => within(row, span))
    expect(mine.length).toBeGreaterThan(2_000)
    const figures = await read((tx) => readLearning(tx, span))
    expect(figures).toMatchObject(counted(mine))
    for (const status of learningStatuses)
      expect(figures.byStatus[status], status).toBe(mine.filter((row) => row.status === status).length)
  })

  it('L1 of any span, service, playbook and diagnosis are exact', async () => {
    const at = fc.integer({ min: -3_600_000, max: 41 * 86_400_000 })
    await fc.assert(
      fc.asyncProperty(
        at,
        at,
        fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
        fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
        fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
        async (one, other, service, playbook, diagnosis) => {
          const span = {
            from: now.subtract({ milliseconds: Math.max(one, other) }),
            to: now.subtract({ milliseconds: Math.min(one, other) }),
          }
          const filter = {
            service: service === null ? null : `service-${service}`,
            playbook: playbook === null ? null : `playbook-${playbook}`,
            diagnosis: diagnosis === null ? null : `diagnosis_${diagnosis}`,
          }
          const mine = history.filter(
            (row) =>
              within(row, span) &&
              (filter.service === null || row.service === filter.service) &&
              (filter.playbook === null || row.playbook === filter.playbook) &&
              (filter.diagnosis === null || row.diagnosis_code === filter.diagnosis),
          )
          expect(await read((tx) => readLearning(tx, span, filter))).toMatchObject(counted(mine))
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([
    ['playbook', (row: Raw) => row.playbook],
    ['service', (row: Raw) => row.service],
    ['diagnosis', (row: Raw) => row.diagnosis_code],
  ] as const)('L1 by %s they add up to the whole, and each is exact', async (group, keyOf) => {
    const span = spanOf('7d', now)
    const all = await read((tx) => readLearningBy(tx, span, {}, { group }))
    const keys = new Set(history.flatMap((row) => (within(row, span) ? (keyOf(row) ?? []) : [])))
    expect(all.map(({ key }) => key)).toEqual([...keys].sort())
    for (const figures of all)
      expect(figures).toMatchObject(
        counted(history.filter((row) => within(row, span) && keyOf(row) === figures.key)),
      )
  })

  it.each(['Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'UTC'])(
    'L1 by day in %s a day is that of its clock',
    async (zone) => {
      const span = spanOf('7d', now)
      const dayOf = ({ ms }: Raw): string =>
        Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString()
      const mine = history.filter((row) => within(row, span))
      const byDay = Map.groupBy(mine, dayOf)
      const all = await read((tx) => readLearningBy(tx, span, {}, { group: 'day', zone }))
      expect(all.map(({ key }) => key)).toEqual([...byDay.keys()].sort())
      for (const figures of all) expect(figures).toMatchObject(counted(byDay.get(figures.key) ?? []))
    },
  )

  it('L4 each tenth of what was said has its runs', async () => {
    const calibration = await read((tx) => readCalibration(tx))
    expect(calibration.tenths).toHaveLength(10)
    const began = history.filter(
      ({ status }) => status !== 'blocked' && status !== 'canceled' && status !== 'self_recovered',
    )
    expect(calibration.outcomes).toBe(began.length)
    const worked = calibration.tenths.reduce((sum, each) => sum + each.worked, 0)
    expect(worked).toBe(counted(began).worked)
  })
})

describe('an outcome that is recorded', () => {
  it('L1 is in every grain at once, and only once', async () => {
    const tenantId = 'other'
    await inTenant(world.app.store, tenantId, async (tx) => {
      for (const [at, status] of learningStatuses.entries())
        for (const recovery of recoveries) {
          const outcome = {
            incidentId: `inc-${at}-${recovery}`,
            runId: `run-${at}-${recovery}`,
            service: 'checkout',
            playbook: 'restart-service',
            diagnosisCode: 'service_down',
            status,
            recovery,
            durationMs: 1_000 * (at + 1),
            stated: 0.8,
          }
          await recordOutcome(tx, crypto.randomUUID(), outcome)
          await recordOutcome(tx, crypto.randomUUID(), outcome)
        }
    })
    const spans = [
      null,
      spanOf('24h', Temporal.Now.instant().add({ hours: 1 })),
      { from: now.subtract({ hours: 24 * 400 }), to: Temporal.Now.instant().add({ hours: 24 * 400 }) },
    ]
    const [all, hours, days] = await inTenant(world.app.store, tenantId, async (tx) => {
      const figures = []
      for (const span of spans) figures.push(await readLearning(tx, span))
      return figures
    })
    expect(all?.total).toBe(learningStatuses.length * recoveries.length)
    expect(hours).toEqual(all)
    expect(days).toEqual(all)
    const { tenths } = await inTenant(world.app.store, tenantId, (tx) => readCalibration(tx))
    expect(tenths).toMatchObject([{ from: 0.8, outcomes: 21, worked: 1, honest: false }])
  })
})

describe('days of a zone that is half an hour off in winter alone', () => {
  it('L1 are those of its clock, also where the span begins and ends in summer', async () => {
    // 00:15 of the 16th on Lord Howe Island (+10:30); the hour that holds it begins on the 15th.
    const at = Temporal.Instant.from('2026-07-15T13:45:00Z')
    const shift = at.epochMilliseconds - Date.now()
    world.shift(shift)
    const days = await inTenant(world.app.store, 'island', async (tx) => {
      await recordOutcome(tx, crypto.randomUUID(), {
        incidentId: 'inc-1',
        runId: 'run-1',
        service: 'checkout',
        playbook: 'restart-service',
        diagnosisCode: 'service_down',
        status: 'succeeded',
        recovery: 'recovered',
        durationMs: 1_000,
        stated: null,
      })
      const zone = 'Australia/Lord_Howe'
      const summers = { from: at.subtract({ hours: 24 * 180 }), to: at.add({ hours: 24 * 150 }) }
      return [
        ...(await readLearningBy(tx, null, {}, { group: 'day', zone })),
        ...(await readLearningBy(tx, summers, {}, { group: 'day', zone })),
      ]
    })
    world.shift(-shift)
    expect(days.map(({ key }) => key)).toEqual(['2026-07-16', '2026-07-16'])
  })
})

describe('times to recover', () => {
  it('L1 the mean is exact, and median and 90th percentile are within 2.5 %', async () => {
    const tenantId = 'patient'
    const times = Array.from({ length: 200 }, (_, at) => 40_000 + at * at * 700)
    await inTenant(world.app.store, tenantId, async (tx) => {
      for (const [at, ms] of times.entries())
        await recordRecovery(tx, { service: at % 2 === 0 ? 'checkout' : null, ms, alone: at % 4 === 0 })
    })
    const figures = await inTenant(world.app.store, tenantId, (tx) => readRecovery(tx, null))
    expect(figures).toMatchObject({
      incidents: 200,
      alone: 50,
      meanMs: Math.round(times.reduce((sum, ms) => sum + ms, 0) / 200),
    })
    for (const [found, at] of [
      [figures.medianMs, 99],
      [figures.p90Ms, 179],
    ] as const)
      expect(Math.abs((found ?? 0) / (times[at] ?? 1) - 1)).toBeLessThan(0.025)
    const bySpan = await inTenant(world.app.store, tenantId, (tx) =>
      readRecovery(tx, {
        from: now.subtract({ hours: 9_000 }),
        to: Temporal.Now.instant().add({ hours: 9_000 }),
      }),
    )
    expect(bySpan).toEqual(figures)
    const byService = await inTenant(world.app.store, tenantId, (tx) =>
      readRecoveryBy(tx, null, null, { group: 'service' }),
    )
    expect(new Map(byService.map(({ key, incidents }) => [key, incidents]))).toEqual(
      new Map([
        ['', 100],
        ['checkout', 100],
      ]),
    )
  })
})
