import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LogKeySource, LogKeys, LogSigner } from '../../src/app/ports.ts'

/** Keys of the audit log: PKCS #8 in PEM, in files that only their owner reads. */

/** Beside the key in use: the one that is to replace it. */
export const nextKeyPath = (path: string): string => `${path}.next`

const remedy = (path: string): string => `Run: chmod 600 ${path}`

/**
 * As PostgreSQL has it for its own key: 0600 or less where it is ours; root may lend it to our group, as a mounted secret is.
 * https://www.postgresql.org/docs/current/ssl-tcp.html
 */
const exposure = (path: string, mode: number, uid: number): string | null => {
  const allowed = uid === 0 ? 0o740 : 0o700
  return (mode & 0o777 & ~allowed) === 0
    ? null
    : `others may read the audit log's key ${path}: its mode is ${(mode & 0o777).toString(8).padStart(4, '0')}, expected 0600. ${remedy(path)}`
}

const ed25519 = (path: string, pem: string): KeyObject => {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new Error(
      `the audit log's key ${path} is no private key in PEM. Put the right file there; a new one is made by: suture audit rotate-key`,
    )
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(
      `the audit log's key ${path} is of the kind ${key.asymmetricKeyType}, expected ed25519. A new one is made by: suture audit rotate-key`,
    )
  return key
}

const signerOf = (key: KeyObject): LogSigner => ({
  // The last 32 bytes of RFC 8410's SubjectPublicKeyInfo.
  publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32),
  sign: (message) => sign(null, message, key),
})

/** Null when there is no file. Throws a sentence for one that can't be used. */
const readKey = async (path: string): Promise<LogSigner | null> => {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new Error(`the audit log's key ${path} cannot be read: ${codeOf(error)}. Let Suture's user read it`)
  }
  await using _ = file
  const found = await file.stat()
  if (!found.isFile()) throw new Error(`the audit log's key ${path} is no file. Name one in SUTURE_AUDIT_KEY`)
  const exposed = exposure(path, found.mode, found.uid)
  if (exposed !== null) throw new Error(exposed)
  return signerOf(ed25519(path, await file.readFile('utf8')))
}

/**
 * Makes a new key; throws when there is a file already. Nobody but its owner can ever read it. It is there as a whole or not at all: a
 * full disk, or another process that looks meanwhile, would find half a key, which nobody can sign with and nobody makes anew.
 */
export const makeKey = async (path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const { privateKey } = generateKeyPairSync('ed25519')
  const draft = `${path}.${randomUUID()}.draft`
  try {
    await writeSynced(draft, privateKey.export({ format: 'pem', type: 'pkcs8' }))
    // Unlike a rename it refuses where there is one.
    await linkTo(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Under a second name; throws EEXIST where there is a file of that name. */
const linkTo = (from: string, to: string): Promise<void> =>
  link(from, to).catch((error: unknown) => {
    // Some network folders know no links.
    if (!withoutLinks.has(codeOf(error))) throw error
    return copyFile(from, to, constants.COPYFILE_EXCL)
  })

const unless =
  (code: string) =>
  (error: unknown): void => {
    if (codeOf(error) !== code) throw error
  }

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

const writeSynced = async (path: string, text: string | Buffer): Promise<void> => {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

/** Changed files are read again; what has not changed is not. `path` is where the key in use lies. */
export const openSigningKeys = (path: string): LogKeySource => {
  const next = nextKeyPath(path)
  let seen = ''
  let keys: LogKeys | null = null
  return {
    read: async () => {
      const marks = await Promise.all([markOf(path), markOf(next)])
      if (keys === null || seen !== marks.join()) {
        keys = { current: await readKey(path), next: await readKey(next), place: path }
        seen = marks.join()
      }
      return keys
    },
    promote: async () => {
      keys = null
      // Another process that shares the folder may have done it meanwhile: then these are not the files that were read.
      if (seen !== (await Promise.all([markOf(path), markOf(next)])).join()) return
      // Kept: a database that is restored from before the change goes on with it. There is a key in use at every moment.
      const replaced = await stat(path).catch(() => null)
      if (replaced !== null)
        await linkTo(path, `${path}.${Math.trunc(replaced.mtimeMs)}.old`).catch(unless('EEXIST'))
      await rename(next, path).catch(unless('ENOENT'))
    },
  }
}

/** Changes whenever the file does. */
const markOf = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => null)
  return found === null ? 'none' : `${found.ino}:${found.mtimeMs}:${found.ctimeMs}:${found.size}`
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
