import { toBase64, utf8 } from './bytes.ts'
import { canonicalJson, fieldsOf, isCount, itemsOf, type Json, parseCanonical } from './canonical-json.ts'
import type { Sha256 } from './merkle.ts'
import { isKeyName, type Parsed, parseVerifierKey, type VerifierKey } from './note.ts'

/** The file that `suture audit export` writes, line by line: docs/audit-format.md. */

/** Longest line in bytes, without its line feed. Nobody who reads needs to hold more than one. */
export const mostLineBytes = 70_000

export interface ExportKey {
  readonly vkey: string
  /** The entry that names this key as the next one; null for the first key of the log. */
  readonly introducedBy: number | null
}

export interface ExportHeader {
  readonly origin: string
  /** Entries in the file. */
  readonly size: number
  /** In the order of their use. Each has signed a checkpoint of the file. */
  readonly keys: readonly ExportKey[]
}

/** A key of the header, read. */
export interface KnownKey extends VerifierKey {
  readonly introducedBy: number | null
}

export const headerLine = ({ origin, size, keys }: ExportHeader): string =>
  `${canonicalJson({
    suture_audit_export: 1,
    origin,
    size,
    keys: keys.map(({ vkey, introducedBy }) => ({ vkey, introduced_by: introducedBy })),
  })}\n`

/** `entry` are its stored bytes: one line of JSON. */
export const entryLine = (index: number, leafHash: Uint8Array, entry: Uint8Array): Uint8Array => {
  const before = utf8(`${index} ${toBase64(leafHash)} `)
  const line = new Uint8Array(before.length + entry.length + 1)
  line.set(before)
  line.set(entry, before.length)
  line[line.length - 1] = 0x0a
  return line
}

/** Stands right behind the last entry that its checkpoint counts. */
export const checkpointLine = (note: string): string => `${checkpointMark}${JSON.stringify(note)}\n`
export const checkpointMark = 'checkpoint '

export const endLine = (size: number): string => `end ${size}\n`

export interface ReadHeader extends Omit<ExportHeader, 'keys'> {
  readonly keys: readonly KnownKey[]
}

/** Of the first line, without its line feed. */
export const parseHeader = (text: string, sha256: Sha256): Parsed<ReadHeader> => {
  const fields = fieldsOf(parseCanonical(text), 'keys', 'origin', 'size', 'suture_audit_export')
  if (fields === undefined) return refused('expected the header of an audit export, in canonical JSON')
  const { origin, size } = fields
  if (fields.suture_audit_export !== 1) return refused('expected version 1 of the format')
  if (typeof origin !== 'string' || !isKeyName(origin)) return refused('the origin is not the name of a log')
  if (!isCount(size)) return refused('the size is no whole number')
  const keys = itemsOf(fields.keys)?.map((key) => parseKey(key, origin, sha256))
  if (keys === undefined || keys.length === 0) return refused('expected a list of keys')
  const read: KnownKey[] = []
  for (const [at, key] of keys.entries()) {
    if (!key.ok) return refused(`key ${at + 1}: ${key.problem}`)
    const before = read.at(-1)
    if (read.some(({ vkey }) => vkey === key.value.vkey)) return refused(`key ${at + 1} is there twice`)
    if ((key.value.introducedBy === null) !== (at === 0))
      return refused(`key ${at + 1}: the first key has no introduction, every other has one`)
    if ((key.value.introducedBy ?? 0) >= size && at > 0)
      return refused(`key ${at + 1}: the entry that introduces it is not in the file`)
    if (before !== undefined && (before.introducedBy ?? -1) >= (key.value.introducedBy ?? 0))
      return refused(`key ${at + 1} was introduced before key ${at}`)
    read.push(key.value)
  }
  return { ok: true, value: { origin, size, keys: read } }
}

const parseKey = (value: Json, origin: string, sha256: Sha256): Parsed<KnownKey> => {
  const fields = fieldsOf(value, 'introduced_by', 'vkey')
  const { vkey, introduced_by: introducedBy } = fields ?? { vkey: null, introduced_by: null }
  if (typeof vkey !== 'string') return refused('expected vkey and introduced_by')
  if (introducedBy !== null && !isCount(introducedBy))
    return refused('introduced_by is no number of an entry')
  const key = parseVerifierKey(vkey, sha256)
  if (!key.ok) return key
  return key.value.name === origin
    ? { ok: true, value: { ...key.value, introducedBy } }
    : refused(`it is a key of ${key.value.name}, not of ${origin}`)
}

const refused = (problem: string): { readonly ok: false; readonly problem: string } => ({
  ok: false,
  problem,
})
