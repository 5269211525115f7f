import { constants } from 'node:fs'
import { open, readdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
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

/** More than a file of the configuration may have; whoever reads the text refuses it by its size. */
const mostBytes = 1_100_000

const read = async (path: string): Promise<TextFile> => ({
  name: nameOf(path),
  text: await beginningOf(path),
})

/** Not all of it: what is far too large, or never ends, must not be held in memory to be refused. */
const beginningOf = async (path: string): Promise<string> => {
  // A pipe without a writer would let the start wait for ever.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const found = await file.stat()
  if (!found.isFile() && !found.isDirectory()) throw new Error(`${nameOf(path)} is no file`)
  // Room for what it has and for one byte more, which never comes: the files are looked at again every two seconds.
  let buffer = Buffer.alloc(Math.min(found.size + 1, mostBytes))
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
    length += bytesRead
    if (bytesRead === 0 || length === mostBytes) break
    // It grew meanwhile, or its size is not told.
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, mostBytes))
  }
  return buffer.toString('utf8', 0, length)
}

const yamlFilesIn = async (folder: string): Promise<TextFile[]> => {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  return Promise.all(names.map((name) => read(join(folder, name))))
}

/** The built-in playbooks, those of `playbooks` (a folder), the catalogue and the policy (files). Throws when one can't be read. */
export const readConfigurationFiles = async (paths: {
  readonly catalogue: string | undefined
  readonly playbooks: string | undefined
  readonly policy: string | undefined
}): Promise<{ catalogue: TextFile | null; playbooks: TextFile[]; policy: TextFile | null }> => ({
  catalogue: paths.catalogue === undefined ? null : await read(paths.catalogue),
  policy: paths.policy === undefined ? null : await read(paths.policy),
  playbooks: [
    ...(await yamlFilesIn(fileURLToPath(builtIn))),
    ...(paths.playbooks === undefined ? [] : await yamlFilesIn(paths.playbooks)),
  ],
})

/**
 * An iCalendar file beside the policy. A name is no path, and what a link leads to has to lie in the policy's folder too:
 * a policy must not be a way to read what its author may not. Throws when it can't be read.
 */
export const readCalendarFile = async (policy: string, name: string): Promise<TextFile> => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw new Error(`${JSON.stringify(name)} is no file name`)
  const folder = dirname(policy)
  const path = join(folder, name)
  const [inside, real] = await Promise.all([realpath(folder), realpath(path)])
  if (!real.startsWith(inside.endsWith(sep) ? inside : `${inside}${sep}`))
    throw new Error(`${nameOf(path)} leads out of the policy's folder`)
  return { name: nameOf(path), text: await beginningOf(real) }
}
