import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'

/** What a process that was taken over could do with its own connection to the database. */

let database: TestDatabase
let app: pg.Client
beforeAll(async () => {
  database = await freshDatabase()
  app = new pg.Client({ connectionString: database.appUrl })
  await app.connect()
})
afterAll(async () => {
  await app.end()
  await database.drop()
})

it('H4 a temporary view cannot stand in for a table that a function of the owner reads', async () => {
  // As permissive as PostgreSQL is by itself: an outside server lets everybody make temporary tables.
  await app.query(
    `create function pg_temp.whoami() returns text language sql volatile as 'select current_user::text'`,
  )
  await app.query(`create temporary view card_delivery as
    select pg_temp.whoami() as tenant_id, 'x'::text as card_id, 'console'::text as chat, 0 as delivered_version,
      1 as desired_version, now() as changed_at`)
  await app.query('grant select on pg_temp.card_delivery to public')
  const { rows } = await app.query<{ tenant_id: string }>(
    `select tenant_id from undelivered_cards('console', 10)`,
  )
  expect(rows).toEqual([])
})

it('H4 every function that runs as the owner names where it looks, the temporary schema last', async () => {
  const { rows } = await app.query<{ name: string; path: string }>(
    `select p.proname as name, array_to_string(p.proconfig, ';') as path from pg_proc p
     join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef order by 1`,
  )
  expect(rows.length).toBeGreaterThan(3)
  for (const { name, path } of rows) expect(path, name).toBe('search_path=pg_catalog, public, pg_temp')
})
