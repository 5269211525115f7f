import { expect, it } from 'vitest'
import type { HealthReport } from '../../src/http/deps.ts'
import { openFailures } from '../../src/http/open-health.ts'
import { type TestHttp, testHttp } from '../support/http.ts'

const asked = async (report: () => Promise<HealthReport>, work: (t: TestHttp) => Promise<void>) => {
  const t = await testHttp({ deps: { health: report } })
  try {
    await work(t)
  } finally {
    await t.close()
  }
}

const secrets = /db\.example\.com|10\.0\.0\.9|hunter2|\/var\/lib|ECONNREFUSED/
const failing: HealthReport = {
  status: 'fail',
  checks: {
    database: {
      status: 'fail',
      detail: 'cannot be reached: connect ECONNREFUSED 10.0.0.9:5432 (db.example.com, hunter2)',
      since: Temporal.Instant.from('2026-11-22T12:03:10.900Z'),
    },
    disk: {
      status: 'fail',
      detail: 'is full: /var/lib/suture',
      since: Temporal.Instant.from('2026-11-21T23:59:59Z'),
    },
    plugin: { status: 'fail', detail: 'hunter2' },
    clock: { status: 'warn', detail: 'differs from db.example.com' },
    queue: { status: 'pass', detail: 'nothing waits' },
  },
}

it('H9 what fails is said in one plain sentence, with the time, and the date when that is another', () => {
  expect(openFailures(failing, Temporal.Instant.from('2026-11-22T12:05:00Z'))).toEqual([
    {
      name: 'database',
      status: 'fail',
      detail: 'not reachable since 12:03:10 UTC; alerts are answered with 503 until it is back',
      since: '2026-11-22T12:03:10Z',
    },
    {
      name: 'disk',
      status: 'fail',
      detail: 'full since 2026-11-21 23:59:59 UTC; alerts are answered with 503 until there is room',
      since: '2026-11-21T23:59:59Z',
    },
    {
      name: 'plugin',
      status: 'fail',
      detail: 'failing; the log says why, and so does /v1/health',
      since: null,
    },
  ])
})

it('H9 whoever has no key is told which checks fail and since when, and no host, folder or error', async () => {
  await asked(
    async () => failing,
    async (t) => {
      const answer = await t.ask('GET', '/health')
      expect([answer.status, answer.json]).toMatchObject([
        503,
        {
          status: 'fail',
          failing: [
            { name: 'database', since: '2026-11-22T12:03:10Z' },
            { name: 'disk', since: '2026-11-21T23:59:59Z' },
            { name: 'plugin', since: null },
          ],
        },
      ])
      expect(answer.text).not.toMatch(secrets)
      expect((await t.ask('GET', '/v1/health')).text).not.toMatch(secrets)

      const all = await t.ask('GET', '/v1/health', { as: await t.persona('person_ada') })
      expect(all.json).toMatchObject({
        checks: {
          database: { detail: expect.stringContaining('10.0.0.9') as string, since: '2026-11-22T12:03:10Z' },
          clock: { status: 'warn', detail: 'differs from db.example.com' },
        },
      })
    },
  )
})

it('H9 a warning is for those who may read: without a key it is only that there is one', async () => {
  await asked(
    async () => ({ status: 'warn', checks: { clock: { status: 'warn', detail: 'hunter2' } } }),
    async (t) => {
      const answer = await t.ask('GET', '/health')
      expect([answer.status, answer.json]).toEqual([
        200,
        { status: 'warn', version: '0.0.0-test', failing: [] },
      ])
    },
  )
})

it('H9 checks that cannot be made are said without the error', async () => {
  await asked(
    () => Promise.reject(new Error('hunter2')),
    async (t) => {
      const answer = await t.ask('GET', '/health')
      expect([answer.status, answer.json]).toMatchObject([
        503,
        { failing: [{ name: 'health', since: null }] },
      ])
      expect(answer.text).not.toMatch(secrets)
    },
  )
})
