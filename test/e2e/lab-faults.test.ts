import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { isRunning, type LabUnderTest, labDirectory, removeDirectory, startTestLab } from './lab-support.ts'

let lab: LabUnderTest
let dir: string

beforeAll(async () => {
  dir = await labDirectory()
  lab = await startTestLab(dir, { leakMbPerSecond: 80 })
})
afterAll(async () => {
  await lab.stop()
  await removeDirectory(dir)
})
afterEach(async () => {
  await lab.post('/services/checkout/mend')
})

const breaks = async (fault: string) => {
  const { status } = await lab.post('/services/checkout/break', { fault })
  expect(status).toBe(200)
}
const heals = async (path: string, body?: unknown) => {
  const answer = await lab.post(`/services/checkout/${path}`, body)
  expect(answer).toMatchObject({ status: 200 })
  return answer.body
}
const orders = async (count: number) => {
  const statuses: number[] = []
  for (let sent = 0; sent < count; sent++) statuses.push((await lab.order('checkout')).status)
  return statuses
}
const pid = async () => (await lab.service('checkout')).instances[0]?.pid ?? 0
const soon = { timeout: 60_000, interval: 50 }
/** The queue of before must drain, and the health check looks back five seconds. */
const patiently = { timeout: 60_000, interval: 200 }
// Four times in a row a crowd has to gather or to scatter.
vi.setConfig({ testTimeout: 35_000 })
const duration = async () => (await lab.order('checkout')).ms
const check = async (name: string) => {
  const { body } = await lab.get('/svc/checkout/health')
  const checks = body.checks as Record<string, { observedValue: unknown; status: string }[]> | undefined
  return checks?.[name]?.[0]
}

describe('each fault breaks the service for real, and its remedy mends it', () => {
  test('hang: the process lives and never answers; a restart mends it', async () => {
    await breaks('hang')
    const hung = await pid()
    expect((await lab.order('checkout')).status).toBe(504)
    expect(await isRunning(hung)).toBe(true)
    await heals('restart')
    expect(await orders(3)).toEqual([200, 200, 200])
    expect(await isRunning(hung)).toBe(false)
  })

  test('hang: a process that answers nothing cannot be told to flush, and says so', async () => {
    await breaks('hang')
    const answer = await lab.post('/services/checkout/circuits/flush', {}, 'flush-a-hung-one')
    expect(answer).toMatchObject({ status: 504, body: { title: 'No instance answered' } })
    expect((await lab.get('/effects/flush-a-hung-one')).status).toBe(404)
  })

  test('crash: the process is gone and nothing brings it back but a restart', async () => {
    const before = await pid()
    await breaks('crash')
    expect(await isRunning(before)).toBe(false)
    expect(await lab.service('checkout')).toMatchObject({ instances: [], fault: 'crash' })
    expect((await lab.order('checkout')).status).toBe(502)
    await heals('restart')
    expect(await orders(3)).toEqual([200, 200, 200])
    expect(await lab.service('checkout')).toMatchObject({ fault: null })
  })

  test('errors: the circuit is stuck open; flushing it mends it without a restart', async () => {
    const before = await pid()
    await breaks('errors')
    expect(await orders(3)).toEqual([500, 500, 500])
    expect(await check('circuit:payments')).toMatchObject({ observedValue: 'open', status: 'fail' })
    expect(await heals('circuits/flush')).toMatchObject({ before: 'open', after: 'closed' })
    expect(await orders(3)).toEqual([200, 200, 200])
    expect(await pid()).toBe(before)
  })

  test('errors: a restart mends it too', async () => {
    await breaks('errors')
    await heals('restart')
    expect(await orders(3)).toEqual([200, 200, 200])
  })

  test('latency: a restart does not help, one more instance does, one less brings it back', async () => {
    await breaks('latency')
    await expect.poll(duration, soon).toBeGreaterThan(800)
    await heals('restart')
    await expect.poll(duration, soon).toBeGreaterThan(800)
    expect(await heals('scale', { delta: 1 })).toMatchObject({ before: 1, after: 2, running: 2 })
    await expect.poll(duration, soon).toBeLessThan(400)
    expect(await lab.service('checkout')).toMatchObject({ fault: null })
    // Not only quick again: its own health says so too, which is what a run is verified by.
    await expect.poll(async () => (await check('capacity:utilization'))?.status, patiently).toBe('pass')
    await heals('scale', { delta: -1 })
    await expect.poll(duration, soon).toBeGreaterThan(800)
    expect(await lab.service('checkout')).toMatchObject({ fault: 'latency' })
  })

  test('leak: memory grows until the health check fails; a restart gives it back', async () => {
    await breaks('leak')
    const health = async () => (await lab.get('/svc/checkout/health')).status
    await expect.poll(health, soon).toBe(503)
    expect(await check('memory:utilization')).toMatchObject({ status: 'fail' })
    await heals('restart')
    expect(await health()).toBe(200)
    expect(Number((await check('memory:utilization'))?.observedValue)).toBeLessThan(85)
  })

  test('bad-flag: a restart does not help, turning the flag off does', async () => {
    await breaks('bad-flag')
    const failures = async () => (await orders(10)).filter((status) => status === 500).length
    expect(await failures()).toBeGreaterThanOrEqual(4)
    expect(await check('flag:new-pricing')).toMatchObject({ observedValue: 'on', status: 'warn' })
    await heals('restart')
    expect(await failures()).toBeGreaterThanOrEqual(4)
    expect(await heals('flags/new-pricing', { enabled: false })).toMatchObject({ before: true, after: false })
    expect(await failures()).toBe(0)
    expect(await lab.service('checkout')).toMatchObject({ fault: null })
  })

  test('what depends on a broken service suffers with it, and recovers by itself', async () => {
    await breaks('crash')
    expect((await lab.order('storefront')).status).toBeGreaterThanOrEqual(500)
    expect((await lab.order('payments')).status).toBe(200)
    await heals('restart')
    await expect.poll(async () => (await lab.order('storefront')).status, soon).toBe(200)
  })

  test('warming fills the cache of a fresh instance', async () => {
    await heals('restart')
    expect(await heals('cache/warm')).toMatchObject({ after: 8, acknowledged: 1 })
    expect(await heals('cache/warm')).toMatchObject({ before: 8, after: 8 })
  })

  test('a raised log level is in force and names when it ends', async () => {
    const answer = await heals('log-level', { level: 'debug', ttlMinutes: 5 })
    expect(answer).toMatchObject({ before: 'INFO', after: 'DEBUG' })
    const { logLevel, logLevelUntil } = await lab.service('checkout')
    expect(logLevel).toBe('DEBUG')
    const ends = Temporal.Instant.from(logLevelUntil ?? '').since(Temporal.Now.instant())
    expect(ends.total('minutes')).toBeGreaterThan(4)
    expect(ends.total('minutes')).toBeLessThanOrEqual(5)
  })
})
