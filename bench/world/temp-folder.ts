import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Closers } from './closers.ts'

export const tempFolder = (closers: Closers): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'suture-bench-')))
  // As root PostgreSQL runs as another user, who has to pass this folder.
  chmodSync(folder, 0o711)
  closers.add(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
