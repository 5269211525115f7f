import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder, absolute. */
export const projectRoot = fileURLToPath(new URL('../', import.meta.url))

export interface ProjectFile {
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** All files under `folders` (from the root) whose names match, sorted by path; absent folders give none. */
export function projectFiles(folders: readonly string[], name: RegExp): ProjectFile[] {
  return folders
    .map((folder) => join(projectRoot, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: relative(projectRoot, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }))
    .toSorted((a, b) => a.path.localeCompare(b.path))
}
