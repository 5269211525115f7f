import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { within } from '../support/patience.ts'

const many = 20_000

let t: TestHttp
let ada: SignedIn
let owner: pg.Client
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
  owner = new pg.Client({ connectionString: t.ownerUrl })
  await owner.connect()
  await owner.query(`insert into incident (tenant_id, id, group_key, service, severity, title, summary, status, opened_at, resolved_at)
    select '${testTenant}', 'old-' || n, 'g-' || n, case when n % 1000 = 0 then 'payments' else 'checkout' end, 'low', 't', '', 'resolved',
      now() - n / 5 * interval '10 minutes', now() from generate_series(1, ${many}) n`)
  await owner.query(`insert into proposal (tenant_id, id, incident_id, playbook, playbook_digest, parameters_digest, digest, body, verdict, rank, created_at)
    select '${testTenant}', 'p-' || n, 'old-' || n, 'restart-service', 'd', 'd', 'd', '{"playbookTitle":"Restart","service":"checkout","impact":"low","plan":[]}', '{}', 0, now()
    from generate_series(1, ${many}) n`)
  await owner.query(`insert into run (tenant_id, id, incident_id, proposal_id, status, requester_id, budget_ms, created_at, finished_at)
    select '${testTenant}', 'r-' || n, 'old-' || n, 'p-' || n, case when n % 1000 = 0 then 'failed' else 'succeeded' end, 'person_ada', 1000, now() - n * interval '1 minute', now()
    from generate_series(1, ${many}) n`)
  await owner.query(`insert into approval_request (tenant_id, id, proposal_id, run_id, incident_id, requester_id, status, quorum, approver_roles, policy_version, expires_at, created_at, decided_at)
    select '${testTenant}', 'a-' || n, 'p-' || n, 'r-' || n, 'old-' || n, 'person_ada', 'approved', 1, '{approver}', 'v', now(), now() - n * interval '1 minute', now()
    from generate_series(1, ${many}) n`)
  await owner.query('analyze')
})
afterAll(async () => {
  await owner.end()
  await t.close()
})

interface Listed {
  readonly items: { id: string }[]
  readonly next: string | null
}
const list = async (path: string): Promise<Listed> => (await t.ask('GET', path, { as: ada })).json as Listed

it('H1 pages by key show everything once, in order, though incidents open meanwhile and many share one time', async () => {
  const seen: string[] = []
  let next: string | null = null
  for (let pages = 0; pages < 12; pages += 1) {
    const page: Listed = await list(
      `/v1/incidents?service=payments&limit=3${next === null ? '' : `&after=${next}`}`,
    )
    seen.push(...page.items.map((item) => item.id))
    next = page.next
    if (next === null) break
    await owner.query(`insert into incident (tenant_id, id, group_key, service, severity, title, summary, status, opened_at)
      values ('${testTenant}', 'new-${pages}', 'new-${pages}', 'payments', 'low', 't', '', 'open', now())`)
  }
  expect(next).toBeNull()
  expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => `old-${(at + 1) * 1000}`))
  const first = await list('/v1/incidents?limit=7&channel=incidents')
  const second = await list(`/v1/incidents?limit=7&channel=incidents&after=${first.next}`)
  expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(14)
})

it('H1 no list reads a whole table, however long the history', async () => {
  const statistics = async () => {
    const { rows } = await owner.query<{ name: string; read: string; indexed: string }>(
      "select relname as name, seq_tup_read as read, coalesce(idx_scan, 0) as indexed from pg_stat_user_tables where relname in ('incident', 'run', 'proposal', 'approval_request')",
    )
    return new Map(rows.map((row) => [row.name, { read: Number(row.read), indexed: Number(row.indexed) }]))
  }
  await vi.waitFor(
    async () => expect((await statistics()).get('approval_request')?.indexed ?? -1).toBeGreaterThanOrEqual(0),
    within,
  )
  const before = await statistics()
  const after = (await list('/v1/incidents?limit=50')).next ?? ''
  const paths = [
    '/v1/incidents',
    `/v1/incidents?after=${after}`,
    '/v1/incidents?status=open',
    '/v1/incidents?service=payments',
    '/v1/incidents?channel=incidents',
    '/v1/incidents/old-17',
    '/v1/incidents/old-17/thread',
    '/v1/incidents/old-17/timeline',
    '/v1/runs',
    '/v1/runs?status=failed',
    '/v1/runs?incident=old-17',
    '/v1/runs/r-17',
    '/v1/approvals',
    '/v1/approvals?status=pending',
    '/v1/approvals/a-17',
  ]
  for (const path of paths) expect((await t.ask('GET', path, { as: ada })).status, path).toBe(200)
  // A connection reports what it has read at the latest ten seconds after it fell idle.
  await vi.waitFor(
    async () =>
      expect((await statistics()).get('approval_request')?.indexed).toBeGreaterThan(
        before.get('approval_request')?.indexed ?? 0,
      ),
    { timeout: 60_000, interval: 200 },
  )
  for (const [name, { read }] of await statistics())
    expect([name, read - (before.get(name)?.read ?? 0)]).toEqual([name, 0])
})
