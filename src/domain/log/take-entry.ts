import { fromBase64, isBase64Of, textOf, toBase64 } from './bytes.ts'
import type { ExportState } from './export-state.ts'
import { introduces } from './key-chain.ts'
import { type LogProblem, type LogProblemCode, logProblem } from './log-problem.ts'
import { leafHashOf } from './merkle.ts'
import { atSaved } from './take-header.ts'
import { mostEntryBytes } from './tile.ts'

const space = 0x20
const zero = 0x30
const nine = 0x39
/** 32 bytes in base64. */
const leafText = 44

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= zero && byte <= nine

/** `number hash entry`. The bytes of the entry are hashed where they stand. */
export const takeEntry = (
  state: ExportState,
  size: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): LogProblem | null => {
  const { tree, sha256, line } = state
  const index = tree.size()
  const wrong = (code: LogProblemCode, text: string): LogProblem =>
    logProblem(code, text, { line, entry: index })
  let at = from
  let number = 0
  for (; at < to && isDigit(bytes[at]); at += 1) number = number * 10 + (bytes[at] ?? 0) - zero
  // What is written in another way, such as 007, is not the number.
  if (number !== index || (bytes[from] === zero && at - from > 1))
    return wrong(
      'entry_out_of_order',
      `Expected entry ${index}, found ${textOf(bytes.subarray(from, Math.min(at, from + 20)))}.`,
    )
  if (index >= size)
    return wrong('entry_out_of_order', `The header counts ${size} entries; here is one more.`)
  const start = at + leafText + 2
  if (bytes[at] !== space || bytes[start - 1] !== space || start >= to || to - start > mostEntryBytes)
    return wrong('entry_unreadable', notAnEntry(index))
  const entry = bytes.subarray(start, to)
  const leaf = leafHashOf(sha256, entry)
  if (!isBase64Of(leaf, bytes, at + 1)) {
    const written = textOf(bytes.subarray(at + 1, start - 1))
    return written === null || fromBase64(written) === null
      ? wrong('entry_unreadable', notAnEntry(index))
      : wrong('entry_changed', `Entry ${index} has the hash ${toBase64(leaf)}; the file says ${written}.`)
  }
  for (const { introducedBy, vkey } of state.introduced)
    if (introducedBy === index && !introduces(entry, vkey))
      return wrong('key_not_introduced', `Entry ${index} does not introduce the key ${vkey}.`)
  tree.add(leaf)
  return atSaved(state)
}

const notAnEntry = (index: number): string =>
  `Entry ${index} is not "number hash entry" with an entry of 1 to ${mostEntryBytes} bytes.`
