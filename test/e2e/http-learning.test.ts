import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { learningStatuses } from '../../src/domain/learning.ts'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { writeHistory } from '../support/learning-history.ts'

let t: TestHttp
let ada: SignedIn
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
  const owner = new pg.Client({ connectionString: t.ownerUrl })
  await owner.connect()
  await writeHistory(owner, {
    tenantId: testTenant,
    outcomes: 3_000,
    days: 30,
    until: Temporal.Now.instant().toString(),
    seed: 3,
  })
  await owner.end()
})
afterAll(() => t.close())

type Json = Record<string, unknown>
const get = async (path: string): Promise<Json> => {
  const answer = await t.ask('GET', path, { as: ada })
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json as Json
}

const aliases = [
  ['/v1/learning', '/api/self_heal/learning'],
  ['/v1/learning?bucket=7d&service=service-3', '/api/self_heal/learning?bucket=7d&service=service-3'],
  ['/v1/learning/outcomes?limit=3', '/api/self_heal/learning/outcomes?limit=3'],
  ['/v1/scheduler/counters', '/api/self_heal/scheduler_counters'],
  ['/v1/scheduler/health', '/api/self_heal/scheduler_health'],
  ['/v1/focus', '/api/meta/focus'],
  ['/v1/cycles', '/api/meta/cycles'],
] as const

describe('what was learned, over HTTP', () => {
  it('L1 H1 learning has its shape, and its sums add up', async () => {
    const all = await get('/v1/learning')
    expect(Object.keys(all)).toEqual([
      'bucket',
      'time_range',
      'total_runs',
      'overall_success_rate',
      'interval',
      'by_status',
      'by_playbook',
      'by_service',
      'playbook_rankings',
      'recent_trends',
      'metadata',
    ])
    const byStatus = all['by_status'] as Record<string, number>
    expect(Object.keys(byStatus)).toEqual(learningStatuses)
    expect(Object.values(byStatus).reduce((sum, each) => sum + each, 0)).toBe(3_000)
    expect(all['total_runs']).toBe(3_000 - (byStatus['self_recovered'] ?? 0))
    const byPlaybook = Object.values(
      all['by_playbook'] as Record<string, { total: number; succeeded: number; failed: number }>,
    )
    const sum = (of: 'total' | 'succeeded' | 'failed'): number =>
      byPlaybook.reduce((so, each) => so + each[of], 0)
    expect(sum('succeeded') + sum('failed')).toBe(sum('total'))
    expect(all['overall_success_rate']).toBeCloseTo(sum('succeeded') / sum('total'), 12)
    const ranking = all['playbook_rankings'] as { interval: { low: number } }[]
    expect(ranking.map(({ interval }) => interval.low)).toEqual(
      ranking.map(({ interval }) => interval.low).toSorted((one, other) => other - one),
    )
    expect(all['recent_trends']).toHaveLength(10)
  })

  it('L2 H1 outcomes come newest first, at most 500, of a service when asked', async () => {
    const { outcomes, count, service_filter } = await get('/v1/learning/outcomes?service=service-3&limit=500')
    const rows = outcomes as { service: string; at: string }[]
    expect(count).toBe(rows.length)
    expect(service_filter).toBe('service-3')
    expect(new Set(rows.map(({ service }) => service))).toEqual(new Set(['service-3']))
    expect(rows.map(({ at }) => at)).toEqual(
      rows
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    )
  })

  it.each([
    '/v1/learning?bucket=30d',
    '/v1/learning?bucket=7d&bucket=24h',
    '/v1/learning/outcomes?limit=501',
    '/v1/learning/outcomes?limit=0',
    '/v1/learning?colour=red',
    '/v1/cycles?after=x',
  ])('H7 %s is refused by the name of the field', async (path) => {
    const answer = await t.ask('GET', path, { as: ada })
    expect(answer.status).toBe(422)
  })

  it('H1 the older paths answer the same, for the same people, and are not in the document', async () => {
    const steady = (json: Json): string =>
      JSON.stringify(json, (key, value: unknown) =>
        key === 'generated_at' || key === 'to' || key === 'from' ? 'now' : value,
      )
    for (const [path, alias] of aliases) {
      expect(steady(await get(alias)), alias).toBe(steady(await get(path)))
      expect((await t.ask('GET', alias)).status, alias).toBe(401)
      expect((await t.ask('POST', alias, { as: ada, body: {} })).status, alias).toBe(405)
    }
    const document = JSON.stringify(await get('/openapi.json'))
    expect(document).toContain('/v1/scheduler/health')
    expect(document).not.toContain('/api/')
  })

  it('L4 calibration tells what was said and what came true', async () => {
    const { tenths } = await get('/v1/learning/calibration')
    expect((tenths as unknown[]).length).toBe(10)
  })
})
