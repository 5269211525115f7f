import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const SUPERUSER = 'postgres'
export const OWNER = 'suture_owner'
export const APP = 'suture_app'
export const DATABASE = 'suture'

/** The password of each role; base64url, so that they need no quoting in SQL or in a URL. */
export type Credentials = Record<typeof SUPERUSER | typeof OWNER | typeof APP, string>

const secret = () => randomBytes(24).toString('base64url')

export const newCredentials = (): Credentials => ({
  [SUPERUSER]: secret(),
  [OWNER]: secret(),
  [APP]: secret(),
})

export const credentialsFile = (directory: string) => join(directory, 'credentials.json')

export async function readCredentials(directory: string): Promise<Credentials> {
  const file = credentialsFile(directory)
  const parsed: unknown = JSON.parse(await readOwn(file))
  if (!isCredentials(parsed)) {
    throw new Error(
      `${file} must hold the passwords of ${SUPERUSER}, ${OWNER} and ${APP}; restore it from a copy.`,
    )
  }
  return parsed
}

async function readOwn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const owner = await stat(file).then(
      ({ uid }) => `; it belongs to the user with id ${uid}`,
      () => '',
    )
    throw new Error(
      `The database's credentials in ${file} can't be read${owner}. ` +
        'Start Suture as the user who made them, or choose another data directory.',
      { cause },
    )
  }
}

const isCredentials = (value: unknown): value is Credentials =>
  typeof value === 'object' &&
  value !== null &&
  [SUPERUSER, OWNER, APP].every((role) => role in value && typeof value[role as never] === 'string')

/** A URL for `role` on the loopback interface. */
export const urlFor = (role: string, password: string, port: number, database: string) =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`
