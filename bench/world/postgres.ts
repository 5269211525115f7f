import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../adapters/postgres/embedded.ts'
import type { Closers } from './closers.ts'

export interface BenchPostgres {
  readonly ownerUrl: string
  readonly appUrl: string
}

/** The PostgreSQL that Suture brings along, with its own settings: fsync and synchronous_commit are on. */
export const startPostgres = async (
  folder: string,
  closers: Closers,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchPostgres> => {
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'database'),
    log: () => undefined,
    settings,
  })
  closers.add(() => server.stop())
  const app = new URL(server.ownerUrl)
  app.username = 'suture_app'
  app.password = server.appPassword
  return { ownerUrl: server.ownerUrl, appUrl: app.href }
}

/** Of all tables, as autovacuum does for those that have changed. */
export const collectStatistics = async (ownerUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('analyze')
  } finally {
    await client.end()
  }
}

/** Milliseconds from nothing to the first connection of the cluster in `dataDir`, made when absent; then it is stopped. */
export const startPostgresAlone = async (dataDir: string): Promise<number> => {
  const started = performance.now()
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined })
  const elapsedMs = performance.now() - started
  await server.stop()
  return elapsedMs
}
