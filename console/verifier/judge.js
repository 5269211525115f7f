import { looksLikeProof, mostProofBytes } from '../../src/domain/log/audit-proof.ts'
import { parseVerifierKey } from '../../src/domain/log/note.ts'
import { sha256 } from '../../src/domain/log/sha256.ts'
import { verifyExport } from '../../src/domain/log/verify-export.ts'
import { verifyProof } from '../../src/domain/log/verify-proof.ts'

/** Judges a File as `suture audit verify` does, by the same code; only SHA-256 and Ed25519 are the browser's. */

const pieceBytes = 2 ** 20

/** Empty where this browser can check signatures, else why it can't. */
export async function lackOf() {
  if (globalThis.crypto?.subtle === undefined)
    return 'this browser gives pages that are opened in this way no cryptography'
  try {
    // The key of RFC 8032's first test.
    const key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    await publicKey(Uint8Array.from(key.match(/../g), (byte) => Number.parseInt(byte, 16)))
    return ''
  } catch {
    return 'this browser does not know Ed25519'
  }
}

/** The keys of a text, one on each line, or the first line that is none. */
export function readKeys(text) {
  const lines = text.split('\n').map((line) => line.trim())
  const keys = []
  for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
    const key = parseVerifierKey(line, sha256)
    if (!key.ok) return { ok: false, problem: `${line.slice(0, 60)}: ${key.problem}` }
    keys.push(key.value)
  }
  return { ok: true, keys }
}

/** `told` hears of bytes and entries; what it returns is whether to go on. Null where it said no. */
export async function judge(file, { pinned, saved, canSign }, told) {
  const first = await piece(file, 0)
  if (looksLikeProof(first)) return judgeProof(file, pinned, canSign)
  const verifier = verifyExport({ sha256, pinned, saved })
  for (let at = 0, bytes = first; bytes.length > 0; bytes = await piece(file, at)) {
    for (const check of verifier.feed(bytes)) if (canSign && !(await holds(check))) verifier.refuse(check)
    at += bytes.length
    if (!told(at, verifier.count())) return null
    if (verifier.isBroken()) break
  }
  return verifier.end()
}

async function judgeProof(file, pinned, canSign) {
  const bytes = new Uint8Array(await file.slice(0, mostProofBytes + 1).arrayBuffer())
  const { verdict, checks, refuse } = verifyProof(bytes, { sha256, pinned })
  for (const check of checks) if (canSign && !(await holds(check))) return refuse(check)
  return verdict
}

const piece = async (file, at) => new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer())

const imported = new Map()
const publicKey = (bytes) => crypto.subtle.importKey('raw', bytes, { name: 'Ed25519' }, false, ['verify'])

async function holds({ key, message, signature }) {
  try {
    if (!imported.has(key.vkey)) imported.set(key.vkey, await publicKey(key.publicKey))
    return await crypto.subtle.verify({ name: 'Ed25519' }, imported.get(key.vkey), signature, message)
  } catch {
    // What is no key, or no signature, holds nothing.
    return false
  }
}
