import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authenticateKey } from '../../src/app/identity/authenticate-key.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let adminKey: string
let otherKey: string
beforeAll(async () => {
  t = await testHttp()
  await createIngestWriter(t.app).ingest({
    tenantId: testTenant,
    source: 'alertmanager',
    alerts: [anAlert()],
    keptAside: [],
  })
  await ensureTenant(t.ownerUrl, 'other', 'Another')
  await ensureTenant(t.ownerUrl, 'other', 'Another')
  const first = await bootstrapTenant(t.app, 'other', { lab: false })
  otherKey = first.adminKey ?? ''
  const { key } = (
    await t.ask('POST', '/v1/keys', {
      as: await t.persona('person_dan'),
      body: { name: 'dan', scopes: ['read', 'respond', 'approve', 'admin'] },
    })
  ).json as { key: string }
  adminKey = key
})
afterAll(() => t.close())

it('H9 outside the lab the first start makes an admin key once; later starts make none', async () => {
  expect(otherKey).toMatch(/^sut_other_/)
  expect((await authenticateKey(t.app, otherKey))?.caller).toMatchObject({
    tenantId: 'other',
    person: { id: 'person_admin', roles: ['admin'] },
    scopes: ['read', 'respond', 'approve', 'admin'],
  })
  expect(await bootstrapTenant(t.app, 'other', { lab: false })).toEqual({ adminKey: null })
  const governance = await t.ask('GET', '/v1/governance', { as: otherKey })
  expect(governance.json).toEqual({ mode: 'approve', emergencyStop: false, approverRoles: ['approver'] })
  const people = await t.ask('GET', '/v1/people', { as: otherKey })
  expect((people.json as { items: { id: string }[] }).items.map((person) => person.id)).toEqual([
    'person_admin',
    'person_suture',
  ])
})

it('H9 many processes that start at once make one admin key between them', async () => {
  await ensureTenant(t.ownerUrl, 'busy', 'Busy')
  const results = await Promise.all(
    Array.from({ length: 8 }, () => bootstrapTenant(t.app, 'busy', { lab: false })),
  )
  expect(results.filter((result) => result.adminKey !== null)).toHaveLength(1)
})

it('H4 another tenant’s key sees nothing of this tenant, and cannot act in it', async () => {
  expect((await t.ask('GET', '/v1/incidents/inc-1', { as: adminKey })).status).toBe(200)
  for (const path of ['/v1/incidents', '/v1/runs', '/v1/approvals', '/v1/services', '/v1/playbooks']) {
    const answer = await t.ask('GET', path, { as: otherKey })
    expect([path, answer.status, (answer.json as { items: unknown[] }).items]).toEqual([path, 200, []])
  }
  for (const path of [
    '/v1/incidents/inc-1',
    '/v1/incidents/inc-1/thread',
    '/v1/incidents/inc-1/timeline',
    '/v1/runs/run-1',
    '/v1/approvals/req-1',
    '/v1/proposals/prop-1',
  ])
    expect([path, (await t.ask('GET', path, { as: otherKey })).status]).toEqual([path, 404])
  expect(
    (await t.ask('POST', '/v1/incidents/inc-1/messages', { as: otherKey, body: { body: 'hello' } })).status,
  ).toBe(404)
  const [id] = (
    (await t.ask('GET', '/v1/keys', { as: adminKey })).json as { items: { id: string }[] }
  ).items.map((key) => key.id)
  expect((await t.ask('DELETE', `/v1/keys/${id}`, { as: otherKey })).status).toBe(404)
  expect((await t.ask('GET', '/v1/me', { as: otherKey })).json).toMatchObject({ tenant: 'other' })
})

it('H4 a tenant named in a body or query never counts', async () => {
  const body = await t.ask('POST', '/v1/clicks', { as: otherKey, body: { token: 'x', tenant: testTenant } })
  expect(body.status).toBe(422)
  expect((await t.ask('GET', `/v1/incidents?tenant=${testTenant}`, { as: otherKey })).status).toBe(422)
})

it('H4 a query that forgets its tenant sees no row of any table, inside and outside of a transaction', async () => {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant_id' and table_name <> 'tenant'`.execute(
    t.app.store.db,
  )
  expect(rows.length).toBeGreaterThan(20)
  for (const { name } of rows) {
    const count = async (db: Parameters<ReturnType<typeof sql>['execute']>[0]) =>
      (await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db)).rows[0]
        ?.count
    expect([name, await count(t.app.store.db)]).toEqual([name, 0])
    expect([name, await inTenant(t.app.store, 'nobody', (tx) => count(tx.db))]).toEqual([name, 0])
  }
  expect(
    await inTenant(
      t.app.store,
      testTenant,
      async (tx) => (await tx.db.selectFrom('incident').select('id').execute()).length,
    ),
  ).toBe(1)
  const foreign = inTenant(t.app.store, 'other', (tx) =>
    tx.db
      .insertInto('person')
      .values({ tenant_id: testTenant, id: 'intruder', name: 'I', kind: 'human', roles: ['admin'] })
      .execute(),
  )
  await expect(foreign).rejects.toThrow(/row-level security/)
})
