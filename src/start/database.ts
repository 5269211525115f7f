import type { Log } from '../app/app.ts'
import type { Settings } from '../config.ts'
import type { DatabaseAddress } from '../context.ts'
import { migrate } from '../storage/migrate.ts'

export interface OpenDatabase {
  readonly owner: string
  readonly address: DatabaseAddress
  readonly describe: string
  /** Where the embedded database keeps its files; null for an outside one. */
  readonly directory: string | null
  /** In words, why it is known to be away; null otherwise. */
  readonly away: () => string | null
  readonly stop: () => Promise<void>
}

/**
 * The configured PostgreSQL, or the embedded one, which is held for this process alone: a second Suture on the same data is
 * refused here, before it has touched anything. Not migrated yet. `onTaken`: the data belongs to another Suture now.
 */
export const openDatabase = async (
  settings: Settings,
  log: Log,
  onTaken: (error: Error) => void,
): Promise<OpenDatabase> => {
  if (settings.DATABASE_URL !== undefined) {
    const appUrl = settings.DATABASE_APP_URL
    return {
      owner: settings.DATABASE_URL,
      address:
        appUrl === undefined
          ? { url: settings.DATABASE_URL, assumeAppRole: true }
          : { url: appUrl, assumeAppRole: false },
      describe: 'PostgreSQL from DATABASE_URL',
      directory: null,
      away: () => null,
      stop: async () => undefined,
    }
  }
  const { keepEmbeddedDatabase } = await import('./embedded-database.ts')
  const { server, away, stop } = await keepEmbeddedDatabase(settings.SUTURE_DATA_DIR, log, onTaken)
  const url = new URL(server.ownerUrl)
  url.username = 'suture_app'
  url.password = server.appPassword
  return {
    owner: server.ownerUrl,
    address: { url: url.href, assumeAppRole: false },
    describe: `embedded PostgreSQL in ${server.directory}${server.adopted ? ', taken over from a Suture that died' : ''}`,
    directory: server.directory,
    away,
    stop,
  }
}

/** The newest schema, and roles that hold the tenants apart. Concurrent starts wait for one another. */
export const migrateDatabase = async ({ owner, address, directory }: OpenDatabase): Promise<void> => {
  if (directory !== null) {
    await migrate(owner)
    return
  }
  const { ensureAppRole, refuseAllSeeing } = await import('./outside-database.ts')
  await ensureAppRole(owner, address.assumeAppRole)
  await migrate(owner)
  await refuseAllSeeing(address)
}
