import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Binaries } from './binaries.ts'
import {
  APP,
  type Credentials,
  credentialsFile,
  DATABASE,
  newCredentials,
  OWNER,
  SUPERUSER,
} from './credentials.ts'
import type { Location } from './location.ts'
import { isAlive } from './pid-file.ts'
import type { ServerUser } from './server-user.ts'
import { SERVER_ENVIRONMENT } from './settings.ts'

/**
 * Makes the cluster with its roles and database in a folder beside `directory` and renames it into place, so that a
 * kill in the middle leaves nothing that looks like a database. Two first starts may race: one rename wins.
 */
export async function createCluster(location: Location, binaries: Binaries): Promise<void> {
  const { directory, user } = location
  await removeAbandoned(directory)
  const staging = `${directory}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  const data = join(staging, 'data')
  await mkdir(staging, { mode: 0o700 })
  // The server's user has to pass this folder, but has no business listing it. Not by mkdir: a umask would take it away.
  if (user) await chmod(staging, 0o711)
  await mkdir(data, { mode: 0o700 })
  await give(data, user)
  try {
    const credentials = newCredentials()
    await initialise(binaries, data, staging, credentials, user)
    await execute(
      binaries.postgres,
      ['--single', '-j', '-D', data, '-c', 'fsync=off', 'postgres'],
      user,
      rolesSql(credentials),
    )
    // Everything above ran without fsync; this one pass makes it durable.
    await execute(binaries.initdb, ['--sync-only', '-D', data], user)
    await writeFile(credentialsFile(staging), `${JSON.stringify(credentials, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    })
    await rename(staging, directory)
    await syncFolder(dirname(directory))
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
}

async function initialise(
  binaries: Binaries,
  data: string,
  staging: string,
  credentials: Credentials,
  user: ServerUser | undefined,
): Promise<void> {
  const passwordFile = join(staging, 'password')
  await writeFile(passwordFile, credentials[SUPERUSER], { mode: 0o600 })
  await give(passwordFile, user)
  await execute(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // PostgreSQL's own collation: the same order on every machine, whatever locales it has.
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    user,
  )
  await rm(passwordFile)
}

const rolesSql = (credentials: Credentials) =>
  [
    `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '${credentials[OWNER]}'`,
    `CREATE ROLE ${APP} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '${credentials[APP]}'`,
    `CREATE DATABASE ${DATABASE} OWNER ${OWNER}`,
    `REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${DATABASE} TO ${APP}`,
  ]
    .map((statement) => `${statement};\n\n`)
    .join('')

/** Runs one of PostgreSQL's programs to its end; throws with what it said when it fails. */
async function execute(
  file: string,
  args: string[],
  user: ServerUser | undefined,
  input = '',
): Promise<void> {
  const child = spawn(file, args, { ...user, cwd: '/', env: SERVER_ENVIRONMENT })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  // A program that dies early closes its input; its exit code says so better than EPIPE would.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  // The single-user server goes on after a failed statement and still ends with 0.
  if (code === 0 && !/^.*\b(ERROR|FATAL|PANIC):/m.test(errors)) return
  throw new Error(`${basename(file)} failed (exit code ${code}): ${`${errors}${output}`.trim().slice(-2000)}`)
}

/** Removes what a first start that was killed left behind. */
async function removeAbandoned(directory: string): Promise<void> {
  const name = `${basename(directory)}.new-`
  for (const entry of await readdir(dirname(directory))) {
    const pid = entry.startsWith(name) ? Number.parseInt(entry.slice(name.length), 10) : 0
    if (pid && !isAlive(pid)) await rm(join(dirname(directory), entry), { recursive: true, force: true })
  }
}

const give = async (path: string, user: ServerUser | undefined) => {
  if (user) await chown(path, user.uid, user.gid)
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder)
  await handle.sync()
}

const isTaken = (error: unknown) =>
  error instanceof Error &&
  'syscall' in error &&
  error.syscall === 'rename' &&
  'code' in error &&
  (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
