import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { RefusedRequest } from '../../src/app/ports.ts'

/**
 * Discord names no window for its timestamps; this one is our own. Within it a replayed request is told by its signature
 * and its interaction id, beyond it by its age.
 */
export const windowSeconds = 300

export interface SignedRequest {
  /** The bytes as they came: parsing and printing them again would change them. */
  readonly rawBody: Uint8Array
  /** `X-Signature-Ed25519`: 128 hexadecimal digits. */
  readonly signature: string | null
  /** `X-Signature-Timestamp`: seconds since 1970. */
  readonly timestamp: string | null
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RefusedRequest['reason'] }

/** The 12 bytes that stand before the 32 of every Ed25519 key in the DER form of RFC 8410. */
const spkiPrefix = '302a300506032b6570032100'

/** From the 64 hexadecimal digits that the developer portal shows. Throws when they are something else. */
export const readPublicKey = (hex: string): KeyObject => {
  if (!/^[0-9a-f]{64}$/i.test(hex))
    throw new Error(
      `Discord's public key has 64 hexadecimal digits, this has ${hex.length} characters. Copy "Public Key" from the page of the application in the developer portal.`,
    )
  return createPublicKey({ key: Buffer.from(spkiPrefix + hex, 'hex'), format: 'der', type: 'spki' })
}

export const verifyRequest = (key: KeyObject, request: SignedRequest, nowMs: number): Verdict => {
  const { signature, timestamp } = request
  if (signature === null || timestamp === null) return { ok: false, reason: 'missing' }
  // `Buffer.from` would silently stop at the first character that is no digit.
  if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp))
    return { ok: false, reason: 'malformed' }
  const signed = Buffer.concat([Buffer.from(timestamp), request.rawBody])
  if (!verify(null, signed, key, Buffer.from(signature, 'hex'))) return { ok: false, reason: 'mismatch' }
  // After the signature: only what really came from Discord can be called old.
  const age = nowMs / 1_000 - Number(timestamp)
  return Math.abs(age) > windowSeconds ? { ok: false, reason: 'stale' } : { ok: true }
}
