import { fromBase64, toBase64, utf8 } from './bytes.ts'
import { hashLength, type Sha256 } from './merkle.ts'
import { isWeakKey } from './weak-key.ts'

/** Signed notes as in C2SP signed-note: a text, a blank line, a line for each signature. Only Ed25519, type 0x01. */

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

export interface NoteSignature {
  readonly name: string
  /** Eight lower-case hex digits. */
  readonly keyId: string
  readonly signature: Uint8Array
}

export interface SignedNote {
  /** What is signed, its final line feed included. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** The public half of a key, and its text form `name+keyId+base64(0x01 || publicKey)`. */
export interface VerifierKey {
  readonly name: string
  readonly keyId: string
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Uint8Array
  readonly vkey: string
}

/** Ed25519 of RFC 8032 over the bytes: 64 bytes. */
export interface Signer {
  readonly key: VerifierKey
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** What is left to be asked of Ed25519. */
export interface SignatureCheck {
  readonly key: VerifierKey
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

const ed25519 = 1
const mostSignatures = 16
const mostCharacters = 16_384
const dash = '\u2014'
const idLength = 4
const forbiddenInName = /[\p{White_Space}\p{Cc}+]/u
const controlButLineFeed = /[^\P{Cc}\n]/u

export const isKeyName = (name: string): boolean =>
  name.length > 0 && name.length <= 512 && name.isWellFormed() && !forbiddenInName.test(name)

/** Throws a RangeError for a name that no key can have or for a public key of another length. */
export const verifierKey = (name: string, publicKey: Uint8Array, sha256: Sha256): VerifierKey => {
  if (!isKeyName(name))
    throw new RangeError(`key name ${JSON.stringify(name)}: expected no spaces, no plus and no controls`)
  if (publicKey.length !== hashLength)
    throw new RangeError(`public key of ${name}: expected ${hashLength} bytes, found ${publicKey.length}`)
  const typed = Uint8Array.of(ed25519, ...publicKey)
  const keyId = hexOf(sha256(utf8(`${name}\n`), typed).subarray(0, idLength))
  return { name, keyId, publicKey, vkey: `${name}+${keyId}+${toBase64(typed)}` }
}

export const parseVerifierKey = (vkey: string, sha256: Sha256): Parsed<VerifierKey> => {
  // Base64 has a plus too, a name has none.
  const [name = '', keyId = '', ...rest] = vkey.split('+')
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(keyId) || rest.length === 0)
    return refused('expected a key such as name+0a1b2c3d+base64')
  const typed = fromBase64(rest.join('+'))
  if (typed === null) return refused('the public key is not base64')
  if (typed[0] !== ed25519 || typed.length !== hashLength + 1)
    return refused('expected an Ed25519 key: the byte 0x01 and 32 bytes')
  if (isWeakKey(typed.subarray(1))) return refused('anybody could sign with this key')
  const key = verifierKey(name, typed.slice(1), sha256)
  return key.vkey === vkey ? { ok: true, value: key } : refused(`the key's id is ${key.keyId}, not ${keyId}`)
}

/** The note as it is stored and sent. `text` ends with a line feed. */
export const signNote = (text: string, signers: readonly Signer[]): string => {
  const message = utf8(text)
  const signatures = signers.map(({ key, sign }) => ({
    name: key.name,
    keyId: key.keyId,
    signature: sign(message),
  }))
  const note = noteText({ text, signatures })
  const parsed = parseNote(note)
  if (!parsed.ok) throw new RangeError(`a note that nobody could read: ${parsed.problem}`)
  return note
}

export const noteText = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures
    .map(({ name, keyId, signature }) => {
      const bytes = Uint8Array.of(...bytesOfHex(keyId), ...signature)
      return `${dash} ${name} ${toBase64(bytes)}\n`
    })
    .join('')}`

export const parseNote = (note: string): Parsed<SignedNote> => {
  if (note.length > mostCharacters) return refused(`a note has at most ${mostCharacters} characters`)
  if (!note.isWellFormed() || controlButLineFeed.test(note))
    return refused('a note holds Unicode text without control characters')
  const blank = note.lastIndexOf('\n\n')
  if (blank <= 0 || !note.endsWith('\n'))
    return refused('expected a text, a blank line, and lines with signatures')
  const lines = note.slice(blank + 2, -1).split('\n')
  if (lines.length > mostSignatures) return refused(`a note has at most ${mostSignatures} signatures`)
  const signatures = lines.map(parseSignature)
  const known = signatures.filter((each) => each !== null)
  return known.length === lines.length
    ? { ok: true, value: { text: note.slice(0, blank + 1), signatures: known } }
    : refused(`signature ${signatures.indexOf(null) + 1} is not "${dash} name base64"`)
}

/**
 * The signatures of a note that were made, as they say, by one of these keys. Each of them must hold; others say nothing,
 * as the format wants it: they are of witnesses, or of keys that nobody here knows.
 */
export const signatureChecks = (note: SignedNote, keys: readonly VerifierKey[]): SignatureCheck[] => {
  const message = utf8(note.text)
  return note.signatures.flatMap(({ name, keyId, signature }) =>
    keys
      .filter((key) => key.name === name && key.keyId === keyId)
      .map((key) => ({ key, message, signature })),
  )
}

const parseSignature = (line: string): NoteSignature | null => {
  const [mark, name = '', base64 = '', ...more] = line.split(' ')
  const bytes = fromBase64(base64)
  if (mark !== dash || more.length > 0 || !isKeyName(name) || bytes === null) return null
  // How long a signature is depends on the key; witnesses have others than logs.
  if (bytes.length <= idLength) return null
  return { name, keyId: hexOf(bytes.subarray(0, idLength)), signature: bytes.slice(idLength) }
}

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const bytesOfHex = (hex: string): number[] =>
  Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))

const refused = (problem: string): { readonly ok: false; readonly problem: string } => ({
  ok: false,
  problem,
})
