import type { Client } from 'pg'
import { type Credentials, SUPERUSER, urlFor } from './credentials.ts'

/** The cluster is Suture's alone and so is its database `postgres`: any constant pair will do ("Sutu", 1). */
const LOCK = '1400206453, 1'
/** A killed Suture's connection is closed by the kernel at once; this only covers the server's noticing it. */
const LOCK_TIMEOUT = '1s'

/** Another Suture lives on the same data. */
export class AlreadyRunningError extends Error {
  readonly dataDir: string
  constructor(dataDir: string) {
    super(
      `Suture is already running on ${dataDir}. Use that one, stop it first, ` +
        'or give this one a data directory of its own.',
    )
    this.name = 'AlreadyRunningError'
    this.dataDir = dataDir
  }
}

export type InstanceLock = {
  /** Ends the connection, and with it the lock. */
  release(): Promise<void>
}

type LockRequest = {
  dataDir: string
  data: string
  port: number
  credentials: Credentials
  /** The connection ended though nobody asked it to: somebody else may take the lock now. */
  onLost: (reason: Error) => void
}

/**
 * Takes the lock that makes a Suture the only one on its data, on a connection of its own; undefined when the
 * server went away meanwhile. Throws AlreadyRunningError when another holds it.
 */
export async function takeInstanceLock(request: LockRequest): Promise<InstanceLock | undefined> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: urlFor(SUPERUSER, request.credentials[SUPERUSER], request.port, 'postgres'),
    application_name: 'suture instance lock',
    keepAlive: true,
  })
  let reason: Error | undefined
  client.on('error', (error) => {
    reason = error
  })
  try {
    await client.connect()
    await lock(client, request)
  } catch (error) {
    await client.end().catch(() => undefined)
    if (isGone(error)) return undefined
    throw error
  }
  let released = false
  client.on('end', () => {
    if (!released) request.onLost(reason ?? new Error('The connection that holds the instance lock ended.'))
  })
  return {
    async release() {
      released = true
      await client.end().catch(() => undefined)
    },
  }
}

async function lock(client: Client, { dataDir, data }: LockRequest): Promise<void> {
  try {
    await client.query(
      `SET lock_timeout = '${LOCK_TIMEOUT}'; SELECT pg_advisory_lock(${LOCK}); SET lock_timeout = 0`,
    )
  } catch (error) {
    if (codeOf(error) === '55P03') throw new AlreadyRunningError(dataDir)
    throw error
  }
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
  if (rows[0]?.data_directory === data) return
  throw new Error(`The server adopted for ${data} works in ${rows[0]?.data_directory}; it is left alone.`)
}

/** Refused or reset connections, and a server that starts up or shuts down (class 57P). */
const isGone = (error: unknown) =>
  /^(57P0[1-3]|ECONNREFUSED|ECONNRESET|EPIPE)$/.test(codeOf(error)) ||
  (error instanceof Error && error.message.startsWith('Connection terminated'))

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
