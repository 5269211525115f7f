import type { z } from '@hono/zod-openapi'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChartsView } from '../../src/http/schemas/chart.ts'
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
    outcomes: 2_000,
    days: 30,
    until: Temporal.Now.instant().toString(),
    seed: 3,
  })
  await owner.end()
})
afterAll(() => t.close())

const charts = async (query = ''): Promise<z.infer<typeof ChartsView>> => {
  const answer = await t.ask('GET', `/v1/charts${query}`, { as: ada })
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return ChartsView.parse(answer.json)
}

describe('charts over HTTP', () => {
  it('C7 H1 have the figures of /v1/learning, their drawing and alt text that tells both', async () => {
    const { success_by_playbook: success, success_by_service: services } = await charts('?bucket=7d')
    const learning = (await t.ask('GET', '/v1/learning?bucket=7d', { as: ada })).json as {
      playbook_rankings: readonly { playbook: string; total: number; succeeded: number }[]
    }
    const ranked = learning.playbook_rankings.map(({ playbook, total, succeeded }) => [
      playbook,
      `${succeeded} of ${total}`,
    ])
    expect(success.chart.rows.map(({ label, note }) => [label, note.split(',')[0]]).slice(0, 10)).toEqual(
      ranked,
    )
    expect(ranked.length).toBeGreaterThan(2)
    for (const { chart, drawing } of [success, services]) {
      const words = drawing.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
      for (const { label, figure } of chart.rows) {
        expect(words).toContain(figure)
        expect(words).toContain(label)
        expect(chart.alt).toContain(`${label}: ${figure}`)
      }
    }
  })

  it('C7 H1 an empty chart says so, and approvals that wait are of now, whatever the bucket', async () => {
    const { approvals_waiting: waiting, metadata } = await charts('?bucket=24h')
    expect(waiting.chart.rows).toEqual([])
    expect(waiting.chart.foot).toMatch(/^as of /)
    expect(waiting.chart.alt).toContain('Nothing is on record')
    expect(Temporal.Instant.from(metadata.generated_at).epochMilliseconds).toBeGreaterThan(0)
  })

  it.each(['?bucket=30d', '?colour=red'])('C7 H1 refuses %s with the field that is wrong', async (query) => {
    const answer = await t.ask('GET', `/v1/charts${query}`, { as: ada })
    expect(answer.status).toBe(422)
  })

  it('C7 H1 tells nothing to nobody', async () => {
    expect((await t.ask('GET', '/v1/charts')).status).toBe(401)
  })
})
