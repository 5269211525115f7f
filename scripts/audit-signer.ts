import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { sha256 } from '../cli/sha256.ts'
import { type Signer, verifierKey } from '../src/domain/log/note.ts'

/** Ed25519 keys made of a seed, so that examples and tests say the same each time. For nothing else. */

/** What stands before the 32 bytes of a private key in PKCS 8 (RFC 8410). */
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export const signerOf = (name: string, seed: Uint8Array): Signer => {
  const secret = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return {
    key: verifierKey(name, new Uint8Array(spki.subarray(-32)), sha256),
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  }
}

/** A key of that name that nobody else has: its seed is 32 times `number`. */
export const aSigner = (name: string, number = 1): Signer => signerOf(name, new Uint8Array(32).fill(number))
