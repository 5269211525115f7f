import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { within } from '../support/patience.ts'

let t: TestHttp
let ada: SignedIn
let ben: SignedIn
beforeAll(async () => {
  t = await testHttp()
  await createIngestWriter(t.app).ingest({
    tenantId: testTenant,
    source: 'alertmanager',
    alerts: [anAlert()],
    keptAside: [],
  })
  ada = await t.persona('person_ada')
  ben = await t.persona('person_ben')
})
afterAll(() => t.close())

const say = (text: string, key: string, as = ada) =>
  t.ask('POST', '/v1/incidents/inc-1/messages', {
    as,
    body: { body: text },
    headers: { 'idempotency-key': key },
  })
const messages = () =>
  inTenant(t.app.store, testTenant, async (tx) =>
    (await tx.db.selectFrom('message').select('body').execute()).map((row) => row.body),
  )

it('H7 the same request with the same key is done once and answered the same', async () => {
  const first = await say('looking at it', 'one')
  const second = await say('looking at it', 'one')
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.json).toEqual(first.json)
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
    null,
    'true',
  ])
  expect((await messages()).filter((body) => body === 'looking at it')).toHaveLength(1)
})

it('H7 another request with the same key is 422; somebody else’s key is their own', async () => {
  const other = await say('something else', 'one')
  expect([other.status, (other.json as { field: string }).field]).toEqual([422, 'Idempotency-Key'])
  expect((await say('looking at it', 'one', ben)).headers.get('idempotency-replayed')).toBeNull()
})

it('H7 fifty at once with one key do it once; the others are told to wait or get the answer', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => say('at once', 'many')))
  expect((await messages()).filter((body) => body === 'at once')).toHaveLength(1)
  expect(
    answers.filter((answer) => answer.status === 201 && answer.headers.get('idempotency-replayed') === null),
  ).toHaveLength(1)
  for (const answer of answers) {
    expect([201, 409]).toContain(answer.status)
    if (answer.status === 409) expect(answer.headers.get('retry-after')).toBe('1')
  }
  await vi.waitFor(async () => expect((await say('at once', 'many')).status).toBe(201), within)
})

it('H7 a refusal by a rule is repeated too; a request that was wrong may be corrected under the same key', async () => {
  const missing = () =>
    t.ask('POST', '/v1/proposals/prop-0/requests', { as: ada, headers: { 'idempotency-key': 'gone' } })
  expect((await missing()).status).toBe(404)
  const again = await missing()
  expect([
    again.status,
    again.headers.get('idempotency-replayed'),
    again.headers.get('content-type'),
  ]).toEqual([404, 'true', 'application/problem+json'])
  expect((await say('', 'typo')).status).toBe(422)
  expect((await say('', 'typo')).headers.get('idempotency-replayed')).toBeNull()
})

it('H2 a key that was shown once is not shown again, nor kept', async () => {
  const make = () =>
    t.ask('POST', '/v1/keys', {
      as: ada,
      body: { name: 'once', scopes: ['read'] },
      headers: { 'idempotency-key': 'key' },
    })
  const first = await make()
  const { key } = first.json as { key: string }
  const second = await make()
  expect([first.status, second.status]).toEqual([201, 409])
  expect(second.text).not.toContain('sut_')
  const rows = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('idempotency_key').selectAll().execute(),
  )
  expect(JSON.stringify(rows)).not.toContain(key)
})

it('H7 a key of 201 characters or of none is refused by name', async () => {
  for (const key of ['x'.repeat(201), ' '])
    expect((await say('never', key)).json).toMatchObject({ status: 422, field: 'Idempotency-Key' })
  expect(await messages()).not.toContain('never')
})

it('H7 a request that died with its process does not hold its key for ever', async () => {
  await inTenant(t.app.store, testTenant, (tx) =>
    tx.db
      .insertInto('idempotency_key')
      .values({
        tenant_id: testTenant,
        person_id: 'person_ada',
        key: 'dead',
        request_digest: 'x',
        created_at: tx.now,
      })
      .execute(),
  )
  const stuck = await say('after a crash', 'dead')
  expect(stuck.status).toBe(422)
  await inTenant(t.app.store, testTenant, async (tx) => {
    const mine = await tx.db
      .selectFrom('idempotency_key')
      .select('request_digest')
      .where('key', '=', 'many')
      .where('person_id', '=', 'person_ada')
      .executeTakeFirstOrThrow()
    await tx.db
      .updateTable('idempotency_key')
      .set({ request_digest: mine.request_digest })
      .where('key', '=', 'dead')
      .execute()
  })
  expect((await say('at once', 'dead')).status).toBe(409)
  t.shift(121_000)
  expect((await say('at once', 'dead')).status).toBe(201)
  t.shift(-121_000)
})
