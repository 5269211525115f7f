import pg from 'pg'
import { expect, test } from 'vitest'
import { emptyDatabase, freshDatabase, templateDatabase } from '../support/postgres.ts'

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const migrate = async (ownerUrl: string) => {
  await query(ownerUrl, 'CREATE TABLE pebble (id int); GRANT SELECT ON pebble TO suture_app')
}

test('a fresh database is a copy of its own of the migrated template', async () => {
  const [one, other] = await Promise.all([freshDatabase(migrate), freshDatabase(migrate)])
  await query(one.ownerUrl, 'INSERT INTO pebble VALUES (1)')
  expect(await query(one.appUrl, 'SELECT id FROM pebble')).toEqual([{ id: 1 }])
  expect(await query(other.appUrl, 'SELECT id FROM pebble')).toEqual([])
  await Promise.all([one.drop(), other.drop()])
})

test('twenty who ask at once for a template migrate it once', async () => {
  let migrations = 0
  const counted = async (ownerUrl: string) => {
    migrations++
    await migrate(ownerUrl)
  }
  await Promise.all(Array.from({ length: 20 }, () => templateDatabase(counted, 'counted')))
  expect(migrations).toBe(1)
})

test('a template whose migration failed is made again', async () => {
  const failing = async (ownerUrl: string) => {
    await migrate(ownerUrl)
    throw new Error('half way')
  }
  await expect(templateDatabase(failing, 'failing')).rejects.toThrow('half way')
  await expect(templateDatabase(migrate, 'failing')).resolves.toMatch(/failing$/)
})

test('the owner and the app role are no superusers and do not pass row-level security', async () => {
  const database = await emptyDatabase()
  const roles = await query(
    database.ownerUrl,
    "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'suture%' ORDER BY 1",
  )
  expect(roles).toEqual([
    { rolname: 'suture_app', rolsuper: false, rolbypassrls: false },
    { rolname: 'suture_owner', rolsuper: false, rolbypassrls: false },
  ])
  await database.drop()
})
