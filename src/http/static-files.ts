import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** The console's own files, and nothing else of the disk. */

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** A path of plain names only: no dots in front, no way up, nothing encoded. */
const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,8}$/

/** Null when there is no such file. A path without an ending is a page of the console, which routes by itself. */
export const readConsoleFile = async (
  folder: string,
  path: string,
  ifNoneMatch: string | null,
): Promise<Response | null> => {
  const isPage = extname(path) === '' && (path === '/' || plainPath.test(path))
  if (!isPage && !plainPath.test(path)) return null
  // Pages route by themselves; everything they load lies below /assets.
  if (!isPage && !path.startsWith('/assets/')) return null
  const name = isPage ? '/index.html' : path.slice('/assets'.length)
  const type = types[extname(name)]
  if (type === undefined) return null
  const content = await readOrNull(join(folder, name))
  if (content === null) return null
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  // Always asked for anew, cheaply: an old script with a new API is worse than a round trip.
  const headers = { etag, 'cache-control': 'no-cache', 'content-type': type, ...toKeep(name) }
  return ifNoneMatch === etag
    ? new Response(null, { status: 304, headers })
    : new Response(content, { status: 200, headers })
}

/** The page that verifies is to be kept and compared with a release, not to be run as a part of the server that it judges. */
const toKeep = (name: string): Readonly<Record<string, string>> =>
  name === '/verify.html' ? { 'content-disposition': 'attachment; filename="suture-verify.html"' } : {}

const readOrNull = async (file: string): Promise<Uint8Array<ArrayBuffer> | null> => {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null
    throw error
  }
}
