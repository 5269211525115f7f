import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { readCredentials, SUPERUSER, urlFor } from '../../adapters/postgres/credentials.ts'
import { startEmbeddedPostgres } from '../../adapters/postgres/embedded.ts'
import { folderInMemory, makeRunFolder, serversOf } from './run-folder.ts'

/** What the test files of one run share; read by test/support/postgres.ts. */
export type TestServer = {
  /** Connects as a superuser to an administrative database. */
  adminUrl: string
  ownerPassword: string
  appPassword: string
  /** Names this run's databases, so that two runs on one server keep apart. */
  run: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer
  }
}

/** One PostgreSQL for the whole run: the server of TEST_DATABASE_URL, or an embedded one in a temporary folder, in memory where there is room. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeRunFolder(folderInMemory())
  const before = process.env['TMPDIR']
  // Inherited by the processes that run the tests: whatever they make lies below it.
  process.env['TMPDIR'] = folder
  const guardian = watchOver(folder)
  const outside = process.env['TEST_DATABASE_URL']
  const own = outside ? undefined : await startThrowawayServer(join(folder, 'shared'))
  const server: TestServer = {
    adminUrl: outside ?? own?.adminUrl ?? '',
    ownerPassword: secret(),
    appPassword: secret(),
    run: randomBytes(4).toString('hex'),
  }
  await prepareRoles(server)
  project.provide('postgres', server)
  return async () => {
    if (own) await own.stop()
    else await dropDatabases(server)
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    const left = serversOf(folder)
    // What is left is ended by the guardian once this process has ended, and with it all that could start it again.
    if (left.length > 0)
      throw new Error(
        `Tests left PostgreSQL servers running: ${left.join(', ')}. ` +
          'A test ends its server also when it fails; see dataFolder and removeData in test/support/embedded.ts.',
      )
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    guardian.stdin?.end()
  }
}

const secret = () => randomBytes(12).toString('hex')

async function startThrowawayServer(dataDir: string): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    // Lost with the run anyway: tests of durability start servers of their own.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  })
  const credentials = await readCredentials(server.directory)
  return {
    adminUrl: urlFor(SUPERUSER, credentials[SUPERUSER], server.port, 'postgres'),
    stop: () => server.stop(),
  }
}

/** Clears up however the run ends, kill -9 included: the end of this process closes the pipe it reads. */
function watchOver(folder: string): ChildProcess {
  const child = spawn(
    'sh',
    ['-c', 'cat; exec "$@"', 'guardian', process.execPath, join(import.meta.dirname, 'end-run.ts'), folder],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  )
  child.unref()
  return child
}

async function prepareRoles({ adminUrl, ownerPassword, appPassword }: TestServer): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    for (const [role, password] of [
      ['suture_owner', ownerPassword],
      ['suture_app', appPassword],
    ] as const) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
      if (!rowCount) await client.query(`CREATE ROLE ${role}`)
      await client.query(`ALTER ROLE ${role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '${password}'`)
    }
  })
}

async function dropDatabases({ adminUrl, run }: TestServer): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`suture_test_${run}`],
    )
    for (const { datname } of rows) {
      await client.query(`ALTER DATABASE ${datname} IS_TEMPLATE false`)
      await client.query(`DROP DATABASE ${datname} WITH (FORCE)`)
    }
  })
}

async function asAdmin(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
