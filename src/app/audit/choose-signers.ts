import { type Signer, verifierKey } from '../../domain/log/note.ts'
import type { LogKeys, LogSigner } from '../ports.ts'
import { sha256 } from './sha256.ts'

export interface Signing {
  /** At a change of keys the old one and the new one, so that whoever trusts the old one may trust the new one too. */
  readonly signers: readonly Signer[]
  /** A key that has not signed this log before. */
  readonly newKey: string | null
  /** The key that is replaced; null where none is. */
  readonly replaces: string | null
}

/** A log that this process cannot sign, in words for whoever runs it. */
export interface CannotSign {
  readonly problem: string
}

/** Which keys sign the next checkpoint of the log `origin`, whose newest key is `last`; null for a log that begins. */
export const chooseSigners = (
  { current, next, place }: LogKeys,
  origin: string,
  last: string | null,
): Signing | CannotSign => {
  const now = signerOf(origin, current)
  const then = signerOf(origin, next)
  const first = then ?? now
  if (first === null)
    return {
      problem: `there is no signing key in ${place}, and ${origin} was last signed by ${last ?? 'nobody'}. Put the key back; if it is lost: suture audit rotate-key`,
    }
  if (last === null) return { signers: [first], newKey: first.key.vkey, replaces: null }
  if (then?.key.vkey === last) return { signers: [then], newKey: null, replaces: null }
  if (now?.key.vkey === last)
    return then === null
      ? { signers: [now], newKey: null, replaces: null }
      : { signers: [now, then], newKey: then.key.vkey, replaces: last }
  // The old key is gone, and somebody has made a new one on purpose: the log goes on, and says so.
  if (now === null) return { signers: [first], newKey: first.key.vkey, replaces: last }
  return {
    problem: `the key in ${place} is ${now.key.vkey}, but ${origin} was last signed by ${last}. Put that key there, or set SUTURE_AUDIT_KEY to where it is`,
  }
}

const signerOf = (origin: string, signer: LogSigner | null): Signer | null =>
  signer === null ? null : { key: verifierKey(origin, signer.publicKey, sha256), sign: signer.sign }
