import { fromBase64, textOf, toBase64, utf8 } from './bytes.ts'
import { canonicalJson, fieldsOf, isCount, itemsOf, type Json, parseCanonical } from './canonical-json.ts'
import { hashLength, type Sha256 } from './merkle.ts'
import { isKeyName, type Parsed, parseVerifierKey, type VerifierKey } from './note.ts'
import { mostEntryBytes } from './tile.ts'

/** The file that `suture audit prove` writes: single entries, each with its path to a signed root. docs/audit-format.md. */

export interface IncludedEntry {
  readonly index: number
  /** The stored bytes: one line of JSON. */
  readonly entry: Uint8Array
  readonly path: readonly Uint8Array[]
}

/** A key, and the entry that names it as the next one, under a checkpoint of a key before it. */
export interface ProofKey {
  readonly vkey: string
  readonly introduced: (IncludedEntry & { readonly checkpoint: string }) | null
}

export interface AuditProof {
  readonly origin: string
  /** In the order of their use; the last one signs the checkpoint. */
  readonly keys: readonly ProofKey[]
  /** The note. */
  readonly checkpoint: string
  /** By index. */
  readonly entries: readonly IncludedEntry[]
  /** What whoever made the file says of it. Nothing proves it: a proof can't show that nothing is left out. */
  readonly claim: { readonly about: string; readonly complete: boolean }
}

/** Longest proof in bytes: it is read as a whole. */
export const mostProofBytes = 64 * 2 ** 20

export const proofText = ({ origin, keys, checkpoint, entries, claim }: AuditProof): string =>
  `${canonicalJson({
    suture_audit_proof: 1,
    origin,
    keys: keys.map(({ vkey, introduced }) => ({
      vkey,
      introduced:
        introduced === null ? null : { ...includedJson(introduced), checkpoint: introduced.checkpoint },
    })),
    checkpoint,
    entries: entries.map(includedJson),
    claim,
  })}\n`

/** A proof begins in this way and an export does not. */
export const looksLikeProof = (start: Uint8Array): boolean =>
  textOf(start.subarray(0, 14)) === '{"checkpoint":'

export interface ReadProof extends Omit<AuditProof, 'keys'> {
  readonly keys: readonly (VerifierKey & Pick<ProofKey, 'introduced'>)[]
}

export const parseProof = (text: string, sha256: Sha256): Parsed<ReadProof> => {
  const json = text.endsWith('\n') ? parseCanonical(text.slice(0, -1)) : undefined
  const fields = fieldsOf(json, 'checkpoint', 'claim', 'entries', 'keys', 'origin', 'suture_audit_proof')
  if (fields === undefined) return refused('expected a proof in canonical JSON and a line feed')
  const { origin, checkpoint } = fields
  if (fields.suture_audit_proof !== 1) return refused('expected version 1 of the format')
  if (typeof origin !== 'string' || !isKeyName(origin)) return refused('the origin is not the name of a log')
  if (typeof checkpoint !== 'string') return refused('the checkpoint is no text')
  const claim = fieldsOf(fields.claim, 'about', 'complete')
  if (typeof claim?.about !== 'string' || typeof claim.complete !== 'boolean')
    return refused('the claim is not what it is about and whether it is complete')
  const keys = listOf(fields.keys, 'key', (key) => parseKey(key, origin, sha256))
  if (!keys.ok) return keys
  if (keys.value.some(({ introduced }, at) => (introduced === null) !== (at === 0)))
    return refused('the first key has no introduction, every other has one')
  const entries = listOf(fields.entries, 'entry', (entry) =>
    parseIncluded(fieldsOf(entry, 'entry', 'index', 'path')),
  )
  if (!entries.ok) return entries
  if (entries.value.some(({ index }, at) => at > 0 && index <= (entries.value[at - 1]?.index ?? 0)))
    return refused('the entries are not in the order of their numbers')
  return {
    ok: true,
    value: {
      origin,
      checkpoint,
      keys: keys.value,
      entries: entries.value,
      claim: { about: claim.about, complete: claim.complete },
    },
  }
}

const includedJson = ({ index, entry, path }: IncludedEntry) => ({
  index,
  entry: textOf(entry) ?? '',
  path: path.map(toBase64),
})

const parseKey = (value: Json, origin: string, sha256: Sha256): Parsed<ReadProof['keys'][number]> => {
  const fields = fieldsOf(value, 'introduced', 'vkey')
  if (typeof fields?.vkey !== 'string') return refused('expected vkey and introduced')
  const key = parseVerifierKey(fields.vkey, sha256)
  if (!key.ok) return key
  if (key.value.name !== origin) return refused(`it is a key of ${key.value.name}, not of ${origin}`)
  if (fields.introduced === null) return { ok: true, value: { ...key.value, introduced: null } }
  const introduced = fieldsOf(fields.introduced, 'checkpoint', 'entry', 'index', 'path')
  const included = parseIncluded(introduced)
  if (!included.ok) return included
  return typeof introduced?.checkpoint === 'string'
    ? {
        ok: true,
        value: { ...key.value, introduced: { ...included.value, checkpoint: introduced.checkpoint } },
      }
    : refused('the checkpoint of its introduction is no text')
}

const parseIncluded = (
  fields: Record<'entry' | 'index' | 'path', Json> | undefined,
): Parsed<IncludedEntry> => {
  if (fields === undefined || !isCount(fields.index) || typeof fields.entry !== 'string')
    return refused('expected index, entry and path')
  const path = listOf(fields.path, 'hash', (hash) => {
    const bytes = typeof hash === 'string' ? fromBase64(hash) : null
    return bytes?.length === hashLength ? { ok: true, value: bytes } : refused('not the base64 of 32 bytes')
  })
  if (!path.ok) return path
  const entry = utf8(fields.entry)
  // No log holds another: what an export could not hold is not to be proved either.
  return entry.length > 0 && entry.length <= mostEntryBytes && !fields.entry.includes('\n')
    ? { ok: true, value: { index: fields.index, entry, path: path.value } }
    : refused(`expected an entry of 1 to ${mostEntryBytes} bytes without a line feed`)
}

const listOf = <T>(value: Json, what: string, parse: (item: Json) => Parsed<T>): Parsed<T[]> => {
  const items = itemsOf(value)
  if (items === undefined || (items.length === 0 && what !== 'hash'))
    return refused(`expected a list: ${what}`)
  const read: T[] = []
  for (const [at, item] of items.entries()) {
    const parsed = parse(item)
    if (!parsed.ok) return refused(`${what} ${at + 1}: ${parsed.problem}`)
    read.push(parsed.value)
  }
  return { ok: true, value: read }
}

const refused = (problem: string): { readonly ok: false; readonly problem: string } => ({
  ok: false,
  problem,
})
