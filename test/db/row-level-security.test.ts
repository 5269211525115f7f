import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld, forgetConfiguration } from './core-world.ts'
import { sealAll } from './seal-world.ts'

/** A table that no tenant owns: the list of tenants itself, and the migration's own books. */
const ofNoTenant = /^(tenant|kysely_.*)$/

describe('row-level security', () => {
  let world: CoreWorld
  let app: pg.Client
  let owner: pg.Client
  let tables: string[]
  beforeAll(async () => {
    world = await coreWorld()
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await performRun(world.app, testTenant, runId)
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await bootstrapTenant(world.app, 'other', { lab: true })
    await world.configure({}, undefined, 'other')
    forgetConfiguration(world.app, 'other')
    app = new pg.Client({ connectionString: world.appUrl })
    owner = new pg.Client({ connectionString: world.ownerUrl })
    await Promise.all([app.connect(), owner.connect()])
    tables = (
      await owner.query<{ name: string }>(
        `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`,
      )
    ).rows.map((row) => row.name)
  })
  afterAll(async () => {
    await Promise.all([app.end(), owner.end()])
    await world.close()
  })

  const owned = () => tables.filter((table) => !ofNoTenant.test(table))
  const count = async (client: pg.Client, table: string): Promise<number> =>
    (await client.query<{ rows: number }>(`select count(*)::int as rows from "${table}"`)).rows[0]?.rows ?? 0
  const asTenant = async <T>(tenant: string, work: () => Promise<T>): Promise<T> => {
    await app.query('begin')
    try {
      await app.query(`select set_config('suture.tenant', $1, true)`, [tenant])
      return await work()
    } finally {
      await app.query('rollback')
    }
  }

  it('H4 every table but the list of tenants has a tenant and a policy', async () => {
    expect(owned().length).toBeGreaterThan(25)
    const { rows } = await owner.query<{ name: string; secured: boolean; policies: number; tenant: boolean }>(
      `select c.relname as name, c.relrowsecurity as secured,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull) as tenant
       from pg_class c where c.oid = any($1::regclass[]) order by 1`,
      [owned()],
    )
    expect(rows).toEqual(owned().map((name) => ({ name, secured: true, policies: 1, tenant: true })))
  })

  it('H4 a query that forgets its tenant sees no row and writes none, in any table', async () => {
    const filled: string[] = []
    for (const table of owned()) {
      if ((await count(owner, table)) > 0) filled.push(table)
      expect(await count(app, table), table).toBe(0)
      const columns = await insertable(table)
      const insert = `insert into "${table}" (${columns}) select ${columns} from jsonb_populate_record(null::"${table}", $1)`
      const refused = app.query(insert, [await aRowLike(table)])
      await expect(refused, table).rejects.toThrow(/row-level security|permission denied/)
    }
    // The story told above has left rows in nearly all of them: none of this was shown on empty tables only.
    expect(filled.length).toBeGreaterThan(20)
  })

  it("H4 one tenant sees, changes and removes nothing of another's", async () => {
    for (const table of owned()) {
      const all = await count(owner, table)
      const mine = await asTenant(testTenant, () => count(app, table))
      const others = await asTenant('other', () => count(app, table))
      expect(mine + others, table).toBe(all)
      const strangers = await asTenant(
        'other',
        async () => (await app.query(`select from "${table}" where tenant_id <> 'other'`)).rowCount,
      )
      expect(strangers, table).toBe(0)
      const smuggled = asTenant('other', async () => {
        const columns = await insertable(table)
        await app.query(
          `insert into "${table}" (${columns}) select ${columns} from jsonb_populate_record(null::"${table}", $1)`,
          [await aRowLike(table)],
        )
      })
      await expect(smuggled, table).rejects.toThrow(/row-level security|permission denied/)
      if (await mayUpdate(table)) {
        const moved = await asTenant(
          'other',
          async () =>
            (await app.query(`update "${table}" set tenant_id = 'other' where tenant_id = '${testTenant}'`))
              .rowCount,
        )
        expect(moved, table).toBe(0)
      }
    }
  })

  it('H4 the role that processes connect as owns nothing, is no superuser and cannot lift the policies', async () => {
    const { rows } = await app.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user`,
    )
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }])
    const mine = await app.query(
      `select relname from pg_class where relowner = (select oid from pg_roles where rolname = current_user)`,
    )
    expect(mine.rows).toEqual([])
    for (const attempt of [
      'alter table run disable row level security',
      'drop policy one_tenant on run',
      'set role suture_owner',
      `set session authorization 'suture_owner'`,
      'alter role suture_app bypassrls',
      'create table mine (x int)',
      'drop trigger audit_entry_is_append_only on audit_entry',
      'alter table audit_entry disable trigger all',
      `set session_replication_role = 'replica'`,
    ])
      await expect(app.query(attempt), attempt).rejects.toThrow(/permission denied|must be owner|must have/)
    // Turned off, it makes a query that would be filtered fail: it shows nothing either.
    await app.query('set row_security = off')
    try {
      await expect(app.query('select * from run')).rejects.toThrow(/row-level security/)
    } finally {
      await app.query('reset row_security')
    }
  })

  it('A1 nobody changes, removes or truncates an audit entry, not even the owner by accident', async () => {
    await sealAll(world)
    const sealed = ['audit_entry', 'audit_log', 'audit_key', 'audit_leaf', 'audit_checkpoint']
    for (const table of sealed) expect(await count(owner, table), table).toBeGreaterThan(0)
    for (const attempt of [
      `update audit_entry set actor = 'nobody'`,
      'truncate audit_entry, audit_unsealed cascade',
      ...sealed.flatMap((table) => [
        `update ${table} set tenant_id = tenant_id`,
        `delete from ${table}`,
        `truncate ${table}`,
      ]),
      'truncate audit_tile',
    ]) {
      await expect(
        asTenant(testTenant, () => app.query(attempt)),
        attempt,
      ).rejects.toThrow(/permission denied|never changed/)
      await expect(owner.query(attempt), attempt).rejects.toThrow(/never changed/)
    }
  })

  it('H4 what looks over all tenants gives keys and no content', async () => {
    const { rows } = await owner.query<{ name: string; result: string }>(
      `select p.proname as name, pg_get_function_result(p.oid) as result from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef order by 1`,
    )
    expect(rows).toEqual([
      {
        name: 'abandoned_processes',
        result: 'TABLE(tenant_id text, run_id text, pid integer, start_ticks text, boot_id text)',
      },
      { name: 'abandoned_runs', result: 'TABLE(tenant_id text, run_id text)' },
      { name: 'adopt_open_incidents', result: 'bigint' },
      {
        name: 'backlog',
        result: 'TABLE(due bigint, oldest_due_ms bigint, undelivered bigint, oldest_undelivered_ms bigint)',
      },
      { name: 'claim_due_effects', result: 'TABLE(tenant_id text, kind text, key text, rings integer)' },
      { name: 'claim_waiting_clicks', result: 'TABLE(tenant_id text, click_id uuid)' },
      {
        name: 'delivery_lag',
        result: 'TABLE(behind bigint, oldest_ms bigint, failing_tenant text, failing_card text)',
      },
      { name: 'due_lanes', result: 'TABLE(tenant_id text, lane text)' },
      { name: 'overdue_runs', result: 'TABLE(tenant_id text, run_id text)' },
      {
        name: 'sealing_lag',
        result: 'TABLE(waiting bigint, oldest_ms bigint, damaged_tenant text, damaged_seq bigint)',
      },
      { name: 'siem_due', result: 'TABLE(tenant_id text)' },
      { name: 'siem_lag', result: 'TABLE(waiting bigint, oldest_ms bigint, failing_tenant text)' },
      { name: 'undelivered_cards', result: 'TABLE(tenant_id text, card_id text)' },
      { name: 'unsealed_tenants', result: 'TABLE(tenant_id text)' },
    ])
  })

  /** Columns that a statement may write: what is always generated is left out. */
  const insertable = async (table: string): Promise<string> =>
    (
      await owner.query<{ name: string }>(
        `select quote_ident(column_name) as name from information_schema.columns
         where table_schema = 'public' and table_name = $1 and identity_generation is distinct from 'ALWAYS'
           and is_generated = 'NEVER'`,
        [table],
      )
    ).rows
      .map((row) => row.name)
      .join(', ')

  /** A row of the lab's tenant as it stands, or at least one that names it. */
  const aRowLike = async (table: string): Promise<string> => {
    const { rows } = await owner.query<{ row: string }>(
      `select to_jsonb(t)::text as row from "${table}" t where tenant_id = '${testTenant}' limit 1`,
    )
    return rows[0]?.row ?? JSON.stringify({ tenant_id: testTenant })
  }

  const mayUpdate = async (table: string): Promise<boolean> =>
    (
      await owner.query<{ may: boolean }>(`select has_table_privilege('suture_app', $1, 'update') as may`, [
        table,
      ])
    ).rows[0]?.may === true
})
