import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fails, passes, type SelfFinding } from '../domain/self-test.ts'

/** Writes, reads and removes a file beside the folder of the embedded database: inside it everything is PostgreSQL's own. */
export const tryDisk = async (directory: string): Promise<SelfFinding> => {
  const folder = dirname(directory)
  const written = randomBytes(8).toString('hex')
  const file = join(folder, `.self-test-${written}`)
  try {
    await writeFile(file, written, { flag: 'wx', mode: 0o600 })
    const read = await readFile(file, 'utf8')
    return read === written
      ? passes(`a file was written and read in ${folder}`)
      : fails(
          `what was written in ${folder} was not read back`,
          'Look after the disk before anything is healed.',
        )
  } catch (error) {
    return fails(
      `nothing can be written in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      'Make room on that disk, or give the folder back to the user that runs Suture.',
    )
  } finally {
    await rm(file, { force: true })
  }
}
