import { closeSync, fchownSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { copyFile, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const LIMIT_BYTES = 8 * 1024 * 1024

export const logFile = (directory: string) => join(directory, 'server.log')

/** Opens the log for appending, as the server's stderr; the file belongs to whom its folder belongs to. */
export function openLog(directory: string): number {
  const file = logFile(directory)
  const fd = openSync(file, 'a', 0o600)
  const { uid, gid } = statSync(dirname(file))
  if (fstatSync(fd).uid !== uid) fchownSync(fd, uid, gid)
  return fd
}

/** Keeps at most two files of 8 MiB. Copied and cut rather than renamed: the server keeps its file open. */
export async function boundLog(directory: string): Promise<void> {
  const file = logFile(directory)
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= LIMIT_BYTES) return
  await copyFile(file, `${file}.1`)
  await truncate(file)
}

/** What the server wrote after byte `from`, at most its last 4 KiB. */
export function logSince(directory: string, from: number): string {
  const fd = openSync(logFile(directory), 'r')
  try {
    const size = fstatSync(fd).size
    const start = Math.max(from, size - 4096)
    const buffer = Buffer.alloc(Math.max(0, size - start))
    readSync(fd, buffer, 0, buffer.length, start)
    return buffer.toString('utf8').trim()
  } finally {
    closeSync(fd)
  }
}
