import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface TextFile {
  /** As a person would name it: relative to where Suture was started. */
  readonly name: string
  readonly text: string
}

const builtIn = new URL('../../playbooks/', import.meta.url)

const nameOf = (path: string): string => {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

const read = async (path: string): Promise<TextFile> => ({
  name: nameOf(path),
  text: await readFile(path, 'utf8'),
})

const yamlFilesIn = async (folder: string): Promise<TextFile[]> => {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  return Promise.all(names.map((name) => read(join(folder, name))))
}

/** The built-in playbooks, those of `playbooks` (a folder) and the catalogue (a file). Throws when one can't be read. */
export const readConfigurationFiles = async (paths: {
  readonly catalogue: string | undefined
  readonly playbooks: string | undefined
}): Promise<{ catalogue: TextFile | null; playbooks: TextFile[] }> => ({
  catalogue: paths.catalogue === undefined ? null : await read(paths.catalogue),
  playbooks: [
    ...(await yamlFilesIn(fileURLToPath(builtIn))),
    ...(paths.playbooks === undefined ? [] : await yamlFilesIn(paths.playbooks)),
  ],
})
