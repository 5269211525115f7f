import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pruneOnce } from '../../src/app/prune.ts'
import { inTenant, type Tx } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { type Prunable, prunable } from '../../src/storage/retention.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const retentionMs = 90 * dayMs
const other = 'other'
const tables = Object.keys(prunable) as Prunable[]

describe('what is kept for a while only', () => {
  let t: TestApp
  beforeAll(async () => {
    t = await testApp()
    await ensureTenant(t.ownerUrl, other, 'Other')
    await t.caller('Ada', ['viewer'])
    await t.caller('Ada', ['viewer'], other)
  })
  afterAll(() => t.close())
  beforeEach(async () => {
    for (const tenant of [testTenant, other])
      await inTenant(t.app.store, tenant, async (tx) => {
        for (const table of tables) await tx.db.deleteFrom(table).execute()
      })
  })

  const silenced = async (tx: Tx, at: Temporal.Instant): Promise<unknown> => {
    const { id } = await tx.db
      .insertInto('silence')
      .values({
        tenant_id: tx.tenantId,
        kind: 'silence',
        matchers: JSON.stringify([{ label: 'service', op: '=', value: 'checkout' }]),
        reason: 'a deploy',
        from_at: at,
        until_at: at.add({ hours: 1 }),
        set_by: 'person_ada',
        created_at: at,
        ended_by: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return tx.db
      .insertInto('silenced_alert')
      .values({
        tenant_id: tx.tenantId,
        silence_id: id,
        fingerprint: 'f',
        service: 'checkout',
        title: 'It is down',
        first_at: at,
        last_at: at,
        occurrences: 1,
      })
      .execute()
  }

  let rowNumber = 0
  /** A row of `table` whose age counts from `agoMs` before the clock that the rules ask. */
  const put = (table: Prunable, agoMs: number, tenant = testTenant): Promise<unknown> =>
    inTenant(t.app.store, tenant, (tx) => insert(tx, table, tx.now.subtract({ milliseconds: agoMs })))
  const insert = (tx: Tx, table: Prunable, at: Temporal.Instant): Promise<unknown> => {
    const tenant_id = tx.tenantId
    const person_id = 'person_ada'
    const id = randomUUID()
    switch (table) {
      case 'focus_cycle':
        return tx.db
          .insertInto(table)
          .values({
            tenant_id,
            number: (rowNumber += 1),
            at,
            score: 0,
            critical_services: [],
            degraded_services: [],
            healthy: 1,
            open_incidents: 0,
            guardrails: 'as_set',
          })
          .execute()
      case 'idempotency_key':
        return tx.db
          .insertInto(table)
          .values({ tenant_id, person_id, key: id, request_digest: 'd', created_at: at })
          .execute()
      case 'session':
        return tx.db
          .insertInto(table)
          .values({ tenant_id, person_id, id_hash: randomBytes(32), csrf_token: 'c', expires_at: at })
          .execute()
      case 'change':
        return tx.db
          .insertInto(table)
          .values({
            tenant_id,
            service: 'checkout',
            kind: 'deploy',
            title: 'Deploy 1',
            at,
            made_by: null,
            version: null,
            link: null,
            recorded_by: person_id,
          })
          .execute()
      case 'silenced_alert':
        return silenced(tx, at)
      case 'click':
        return tx.db
          .insertInto(table)
          .values({ tenant_id, id, token: 't', person_id, note: '', received_at: at })
          .execute()
      case 'alert_kept_aside':
        return tx.db
          .insertInto(table)
          .values({
            tenant_id,
            id,
            source: 'generic',
            received_at: at,
            position: 0,
            field: 'f',
            problem: 'p',
            payload: '{}',
          })
          .execute()
      case 'link_code':
        return tx.db
          .insertInto(table)
          .values({
            tenant_id,
            code_hash: randomBytes(32),
            person_id,
            provider: 'slack',
            external_id: 'T1:U1',
            created_at: at,
            expires_at: at,
          })
          .execute()
      case 'link_failure':
        return tx.db.insertInto(table).values({ tenant_id, id, who: 'slack T1:U1', failed_at: at }).execute()
      case 'seen_event':
        return tx.db
          .insertInto(table)
          .values({ tenant_id, key_hash: randomBytes(32), seen_at: at })
          .execute()
    }
  }
  const left = (table: Prunable, tenant = testTenant): Promise<number> =>
    inTenant(
      t.app.store,
      tenant,
      async (tx) => (await tx.db.selectFrom(table).select('tenant_id').execute()).length,
    )

  it.each([
    ['idempotency_key', dayMs],
    ['session', dayMs],
    ['click', retentionMs],
    ['alert_kept_aside', retentionMs],
    ['link_code', dayMs],
    ['link_failure', hourMs],
    ['seen_event', hourMs],
    ['change', retentionMs],
    ['silenced_alert', retentionMs],
  ] as const)(
    'H7 H9 I5 C6 a row of %s goes after %d ms, in every tenant, and not a minute before',
    async (table, ms) => {
      for (const tenant of [testTenant, other]) {
        await put(table, ms - 60_000, tenant)
        await put(table, ms + 60_000, tenant)
      }
      expect(await pruneOnce(t.app, { retentionMs })).toMatchObject({ [table]: 2 })
      expect([await left(table), await left(table, other)]).toEqual([1, 1])
      // The same rows, two minutes later by the clock that is passed in.
      t.shift(120_000)
      expect(await pruneOnce(t.app, { retentionMs })).toMatchObject({ [table]: 2 })
      expect([await left(table), await left(table, other)]).toEqual([0, 0])
      t.shift(-120_000)
    },
  )

  it('H7 I5 one turn deletes a bounded number in bounded transactions, the oldest first', async () => {
    for (let age = 1; age <= 7; age += 1) await put('click', retentionMs + age * hourMs)
    expect(await pruneOnce(t.app, { retentionMs, batch: 2, batches: 2 })).toMatchObject({ click: 4 })
    const ages = await inTenant(t.app.store, testTenant, async (tx) =>
      (await tx.db.selectFrom('click').select('received_at').execute()).map((row) =>
        Math.round((tx.now.epochMilliseconds - row.received_at.epochMilliseconds - retentionMs) / hourMs),
      ),
    )
    expect(new Set(ages)).toEqual(new Set([1, 2, 3]))
    expect(await pruneOnce(t.app, { retentionMs, batch: 2, batches: 2 })).toMatchObject({ click: 3 })
  })

  it('O9 several processes prune at once, and each row goes once', async () => {
    for (let row = 0; row < 20; row += 1) await put('idempotency_key', 2 * dayMs)
    const turns = await Promise.all(
      Array.from({ length: 4 }, () => pruneOnce(t.app, { retentionMs, batch: 3, batches: 20 })),
    )
    expect(turns.reduce((sum, turn) => sum + turn.idempotency_key, 0)).toBe(20)
    expect(await left('idempotency_key')).toBe(0)
  })

  it('A1 the history is never pruned, and the role that prunes could not', async () => {
    const entries = () =>
      inTenant(
        t.app.store,
        testTenant,
        async (tx) => (await tx.db.selectFrom('audit_entry').select('id').execute()).length,
      )
    const before = await entries()
    expect(before).toBeGreaterThan(0)
    t.shift(3_650 * dayMs)
    await pruneOnce(t.app, { retentionMs })
    t.shift(-3_650 * dayMs)
    expect(await entries()).toBe(before)
    await expect(
      inTenant(t.app.store, testTenant, (tx) => sql`delete from audit_entry`.execute(tx.db)),
    ).rejects.toThrow('permission denied')
  })

  it.each(tables)('H7 I5 old rows of %s are found by an index on their age', async (table) => {
    const plan = await inTenant(t.app.store, testTenant, async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx.db)
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select ctid from ${sql.table(table)}
        where tenant_id = ${tx.tenantId} and ${sql.ref(prunable[table])} < now()
        order by ${sql.ref(prunable[table])} limit 10`.execute(tx.db)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(
      /Index.* using (idempotency_key_age|session_expiry|click_age|alert_kept_aside_age|link_code_age|link_failure_age|seen_event_age|change_recent|silenced_alert_age|focus_cycle_age)/,
    )
    expect(plan).not.toContain('Sort')
  })
})
