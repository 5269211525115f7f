import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whom the server runs as when Suture is root; PostgreSQL refuses to run as root itself. */
export type ServerUser = { uid: number; gid: number }

export const isRoot = () => process.getuid?.() === 0

/** The system user `postgres`, made when the machine has none. Only asked for when a cluster is created. */
export async function postgresUser(log: (line: string) => void): Promise<ServerUser> {
  const known = await lookUp()
  if (known) return known
  log('creating the system user "postgres", because PostgreSQL refuses to run as root')
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir=/nonexistent',
      '--shell=/usr/sbin/nologin',
      'postgres',
    ])
  } catch (cause) {
    throw new Error(
      'PostgreSQL refuses to run as root, and the system user "postgres" could not be created. ' +
        'Create it (useradd --system postgres), start Suture as an ordinary user, or set DATABASE_URL.',
      { cause },
    )
  }
  const created = await lookUp()
  if (!created) throw new Error('The system user "postgres" was created, but `id postgres` does not know it.')
  return created
}

async function lookUp(): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** The first folder on the way to `path` (itself included) that `user` may not pass, or undefined. */
export async function firstClosedFolder(path: string, user: ServerUser): Promise<string | undefined> {
  const folders = [path]
  while (dirname(folders[0] ?? '/') !== folders[0]) folders.unshift(dirname(folders[0] ?? '/'))
  for (const folder of folders) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if (!(mode & bit)) return folder
  }
  return undefined
}
