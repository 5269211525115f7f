import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** Brings the database at `ownerUrl` to the newest schema. */
export type Migrate = (ownerUrl: string) => Promise<void>

export type TestDatabase = {
  name: string
  /** As the owner of the database: migrations, and facts that row-level security hides. */
  ownerUrl: string
  /** As `suture_app`, the way Suture's processes connect. */
  appUrl: string
  /** As a superuser. */
  adminUrl: string
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>
}

/** A database with Suture's schema, one's own, cloned from a template that is migrated once per test run. */
export const freshDatabase = async (): Promise<TestDatabase> =>
  cloneOf(await templateDatabase('suture', migrateWithSuture))

/** A database of one's own without any table. */
export const emptyDatabase = (): Promise<TestDatabase> => cloneOf('template1')

/** The name of this run's template `label`. The first test to ask for it migrates it, in whatever file; others wait. */
export async function templateDatabase(label: string, migrate: Migrate): Promise<string> {
  const name = `suture_test_${inject('postgres').run}_${label}`
  await asAdmin(async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name])
    const { rows } = await client.query<{ datistemplate: boolean }>(
      'SELECT datistemplate FROM pg_database WHERE datname = $1',
      [name],
    )
    // It becomes a template once it is migrated: one that isn't was left by a migration that failed.
    if (rows[0]?.datistemplate) return
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${name} OWNER suture_owner`)
    await migrate(urlOf(name, 'suture_owner'))
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`)
  })
  return name
}

/** A database of one's own with all that is in `template`. */
export async function cloneOf(template: string): Promise<TestDatabase> {
  const name = `suture_test_${inject('postgres').run}_${randomBytes(5).toString('hex')}`
  await asAdmin((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER suture_owner`))
  return {
    name,
    ownerUrl: urlOf(name, 'suture_owner'),
    appUrl: urlOf(name, 'suture_app'),
    adminUrl: urlOf(name),
    async drop() {
      await asAdmin((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

function urlOf(database: string, role?: 'suture_owner' | 'suture_app'): string {
  const server = inject('postgres')
  const url = new URL(server.adminUrl)
  url.pathname = `/${database}`
  if (role) {
    url.username = role
    url.password = role === 'suture_owner' ? server.ownerPassword : server.appPassword
  }
  return url.href
}

async function asAdmin(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres').adminUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function migrateWithSuture(ownerUrl: string): Promise<void> {
  const { migrate } = await import('../../src/storage/migrate.ts')
  await migrate(ownerUrl)
}
