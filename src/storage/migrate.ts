import { readdir } from 'node:fs/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'

/** Brings a database to the newest schema. Runs as the owner; processes then connect as `suture_app`. */

const folder = new URL('../../migrations/', import.meta.url)

export const migrationNames = async (): Promise<string[]> =>
  (await readdir(folder))
    .filter((file) => /^\d{4}-[a-z0-9-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort()

const loadMigrations = async (): Promise<Record<string, Migration>> => {
  const loaded: Record<string, Migration> = {}
  for (const name of await migrationNames())
    loaded[name] = (await import(new URL(`${name}.ts`, folder).href)) as Migration
  return loaded
}

export interface MigrateOptions {
  /** Sets the login password of `suture_app`, for servers whose roles Suture itself manages. */
  readonly appPassword?: string
}

/** Returns the names that were applied now. Concurrent callers wait for one another. */
export const migrate = async (ownerUrl: string, options: MigrateOptions = {}): Promise<string[]> => {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2, connectionTimeoutMillis: 10_000 })
  // A connection that breaks fails the query that needs it; its event would end the process.
  pool.on('error', () => undefined)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const names = await migrationNames()
    if (await isCurrent(db, names)) return []
    const { error, results } = await new Migrator({
      db,
      provider: { getMigrations: loadMigrations },
    }).migrateToLatest()
    if (error !== undefined)
      throw new Error('the database could not be migrated; nothing was changed by the failing step', {
        cause: error,
      })
    await migrateQueue(pool, options.appPassword)
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

/** One query at a warm start instead of the migrator's several. */
const isCurrent = async (db: Kysely<unknown>, names: readonly string[]): Promise<boolean> => {
  const { rows } = await sql<{ ready: boolean }>`select to_regclass('kysely_migration') is not null
    and to_regclass('bullmq.migration') is not null
    and coalesce(has_table_privilege('suture_app', to_regclass('bullmq.migration'), 'select'), false) as ready`.execute(
    db,
  )
  if (rows[0]?.ready !== true) return false
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return applied.rows.map((row) => row.name).join() === names.join()
}

const migrateQueue = async (pool: pg.Pool, appPassword: string | undefined): Promise<void> => {
  const { runMigrations } = await import('bullmq')
  const client = await pool.connect()
  try {
    await runMigrations(client, 'bullmq')
    // One simple query is one transaction: `isCurrent` sees all of the grants or none.
    await client.query(`grant usage on schema bullmq to suture_app;
      grant select, insert, update, delete on all tables in schema bullmq to suture_app;
      grant usage on all sequences in schema bullmq to suture_app;
      grant execute on all functions in schema bullmq to suture_app`)
    if (appPassword !== undefined)
      await client.query(`alter role suture_app login password ${pg.escapeLiteral(appPassword)}`)
  } finally {
    client.release()
  }
}
