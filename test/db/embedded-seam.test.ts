import { expect, test } from 'vitest'
import { query } from '../support/embedded.ts'
import { cloneOf, emptyDatabase, freshDatabase, templateDatabase } from '../support/postgres.ts'

const migrate = async (ownerUrl: string) => {
  await query(ownerUrl, 'CREATE TABLE pebble (id int); GRANT SELECT ON pebble TO suture_app')
}

test("two clones of a template do not see each other's rows", async () => {
  const template = await templateDatabase('pebbles', migrate)
  const [one, other] = await Promise.all([cloneOf(template), cloneOf(template)])
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
  await Promise.all(Array.from({ length: 20 }, () => templateDatabase('counted', counted)))
  expect(migrations).toBe(1)
})

test('a template whose migration failed is made again', async () => {
  const failing = async (ownerUrl: string) => {
    await migrate(ownerUrl)
    throw new Error('half way')
  }
  await expect(templateDatabase('failing', failing)).rejects.toThrow('half way')
  await expect(templateDatabase('failing', migrate)).resolves.toMatch(/failing$/)
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

test("a fresh database has Suture's own schema, which the app role can read", async () => {
  const database = await freshDatabase()
  expect(await query(database.appUrl, 'SELECT count(*)::int AS tenants FROM tenant')).toHaveLength(1)
  await database.drop()
})
