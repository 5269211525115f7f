import type { Log } from '../app/app.ts'
import type { Settings } from '../config.ts'
import type { DatabaseAddress } from '../context.ts'
import { migrate } from '../storage/migrate.ts'

export interface OpenDatabase {
  readonly owner: string
  readonly address: DatabaseAddress
  readonly describe: string
  readonly stop: () => Promise<void>
}

/** The configured PostgreSQL, or the embedded one. Migrated, and ready for processes that work as `suture_app`. */
export const openDatabase = async (
  settings: Settings,
  log: Log,
  onLost: (reason: Error) => void,
): Promise<OpenDatabase> => {
  if (settings.DATABASE_URL !== undefined) {
    await migrate(settings.DATABASE_URL)
    const appUrl = settings.DATABASE_APP_URL
    return {
      owner: settings.DATABASE_URL,
      address:
        appUrl === undefined
          ? { url: settings.DATABASE_URL, assumeAppRole: true }
          : { url: appUrl, assumeAppRole: false },
      describe: 'PostgreSQL from DATABASE_URL',
      stop: async () => undefined,
    }
  }
  const { startEmbeddedPostgres } = await import('../../adapters/postgres/embedded.ts')
  const server = await startEmbeddedPostgres({
    dataDir: settings.SUTURE_DATA_DIR,
    log: (line) => log.info({ part: 'postgres' }, line),
    onLost,
  })
  try {
    await migrate(server.ownerUrl)
  } catch (error) {
    await server.stop()
    throw error
  }
  const url = new URL(server.ownerUrl)
  url.username = 'suture_app'
  url.password = server.appPassword
  return {
    owner: server.ownerUrl,
    address: { url: url.href, assumeAppRole: false },
    describe: `embedded PostgreSQL in ${server.directory}${server.adopted ? ', taken over from a Suture that died' : ''}`,
    stop: () => server.stop(),
  }
}
