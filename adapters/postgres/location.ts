import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SHARED_ROOT } from './binaries.ts'
import { firstClosedFolder, isRoot, postgresUser, type ServerUser } from './server-user.ts'

/**
 * Where one cluster lives. `directory` belongs to Suture (credentials, port, log); `data` below it to the server.
 * `user` is whom the server runs as, undefined for "as Suture itself".
 */
export type Location = { directory: string; data: string; user: ServerUser | undefined }

const at = (directory: string, user: ServerUser | undefined): Location => ({
  directory,
  data: join(directory, 'data'),
  user,
})

/** In a folder of `/var/lib/suture`: the data directory whose database it holds, which its own name does not tell. */
export const OWNER_FILE = 'data-dir'

/** Where root keeps the cluster of `base`, a data directory without symbolic links that the server's user can't reach. */
export const sharedFolder = (base: string): string =>
  join(SHARED_ROOT, createHash('sha256').update(base).digest('hex').slice(0, 16))

/** The cluster of `dataDir`: `<dataDir>/postgres`, or `/var/lib/suture/<hash>/postgres` where that can't work. */
export async function locateCluster(dataDir: string, log: (line: string) => void): Promise<Location> {
  await mkdir(dataDir, { recursive: true })
  // PostgreSQL reports its own directory without symbolic links, and we compare the two.
  const base = await realpath(dataDir)
  const own = join(base, 'postgres')
  if (!isRoot()) return at(own, undefined)

  const folderOfShared = sharedFolder(base)
  const shared = join(folderOfShared, 'postgres')
  for (const directory of [own, shared]) {
    const data = join(directory, 'data')
    if (existsSync(data)) return at(directory, await ownerOf(data))
  }

  const user = await postgresUser(log)
  const closed = await firstClosedFolder(base, user)
  if (!closed) return at(own, user)
  for (const folder of [SHARED_ROOT, folderOfShared]) {
    await mkdir(folder, { recursive: true })
    await chmod(folder, 0o755)
  }
  await writeFile(join(folderOfShared, OWNER_FILE), `${base}\n`)
  log(`the user "postgres" can't pass ${closed}; the database of ${base} is kept in ${shared}`)
  return at(shared, user)
}

/** Whom a cluster made earlier belongs to: an ordinary user's stays theirs when root starts it. */
async function ownerOf(data: string): Promise<ServerUser> {
  const { uid, gid } = await stat(data)
  const closed = await firstClosedFolder(data, { uid, gid })
  if (closed) {
    throw new Error(
      `The database in ${data} belongs to the user with id ${uid}, who can't pass ${closed}. ` +
        `Open that folder again (chmod o+x ${closed}).`,
    )
  }
  return { uid, gid }
}
