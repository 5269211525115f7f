import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { readCredentials, SUPERUSER, urlFor } from '../../adapters/postgres/credentials.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../adapters/postgres/embedded.ts'

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

/** One PostgreSQL for the whole run: the server of TEST_DATABASE_URL, or an embedded one in a temporary folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outside = process.env['TEST_DATABASE_URL']
  const own = outside ? undefined : await startThrowawayServer()
  const server: TestServer = {
    adminUrl: outside ?? own?.adminUrl ?? '',
    ownerPassword: secret(),
    appPassword: secret(),
    run: randomBytes(4).toString('hex'),
  }
  await prepareRoles(server)
  project.provide('postgres', server)
  return async () => {
    if (own) await own.remove()
    else await dropDatabases(server)
  }
}

const secret = () => randomBytes(12).toString('hex')

async function startThrowawayServer(): Promise<{ adminUrl: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'suture-test-'))
  // As root the server runs as another user, who has to pass this folder.
  await chmod(folder, 0o711)
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    log: () => undefined,
    // Lost with the run anyway: tests of durability start servers of their own.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const guardian = watchOver(server, folder)
  const credentials = await readCredentials(server.directory)
  return {
    adminUrl: urlFor(SUPERUSER, credentials[SUPERUSER], server.port, 'postgres'),
    async remove() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
      guardian.stdin?.end()
    },
  }
}

/** Cleans up however the run ends, kill -9 included: the end of this process closes the pipe it reads. */
function watchOver(server: EmbeddedPostgres, folder: string): ChildProcess {
  const pid = readFileSync(join(server.directory, 'data/postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  const script =
    'cat; [ -d "$2" ] || exit 0; kill -INT "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf "$2"'
  const child = spawn('sh', ['-c', script, 'guardian', pid, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
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
