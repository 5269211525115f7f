import { existsSync, readFileSync } from 'node:fs'
import { parseVerifierKey, type VerifierKey } from '../src/domain/log/note.ts'
import { CliFailure, exitCodes } from './failure.ts'
import { sha256 } from './sha256.ts'

/** What `suture audit verify` and `monitor` are given to compare with. What can't be read ends them with 2, before anything is judged. */

/** A key as text, or a file with one on each line; empty lines and those with `#` in front are left out. */
export const readPinned = (given: string, option = '--key'): VerifierKey[] => {
  const direct = parseVerifierKey(given, sha256)
  if (direct.ok) return [direct.value]
  // A key that was mistyped is no file.
  if (/\+[0-9a-fA-F]{8}\+/.test(given)) throw notAKey(given, direct.problem)
  const lines = readText(given, option)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (lines.length === 0) throw notAKey(given, 'the file holds none')
  return lines.map((line) => {
    const key = parseVerifierKey(line, sha256)
    if (!key.ok) throw notAKey(`${given}: ${line}`, key.problem)
    return key.value
  })
}

/** The note of a saved checkpoint. */
export const readSavedNote = (path: string): string => asNote(readText(path, '--checkpoint'))

/** Copied by hand it has lost its last line feed or won some, and on Windows each has a CR before it and the file a byte order mark. */
const asNote = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r', '')
    .replace(/\n*$/, '\n')

/** Null where nothing is kept yet. */
export const readKeptNote = (path: string): string | null =>
  existsSync(path) ? asNote(readText(path, 'the name of the file')) : null

const readText = (path: string, option: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error, `Correct ${option}.`)
  }
}

export const unreadable = (path: string, error: unknown, remedy: string): CliFailure =>
  new CliFailure(
    exitCodes.usage,
    'Not readable',
    `${path}: ${error instanceof Error ? error.message : String(error)}`,
    remedy,
    { cause: error },
  )

const notAKey = (text: string, problem: string): CliFailure =>
  new CliFailure(
    exitCodes.usage,
    'Not a key',
    `${text}: ${problem}.`,
    'Give a key such as name+0a1b2c3d+base64, or a file with one; `suture audit keys` shows it.',
  )
