import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes beside and renames, so that a reader never sees half a file. Mode 0600 unless told otherwise. */
export function writeFileWhole(file: string, text: string, mode = 0o600): void {
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text, { mode })
  renameSync(draft, file)
}

/** Where Node keeps the stripped and compiled code of the lab: what the environment says, else beside its files. */
export const compileCacheIn = (dir: string): string =>
  process.env.NODE_COMPILE_CACHE || join(dir, 'compile-cache')
