import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { SignatureCheck } from '../src/domain/log/note.ts'

/** What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410). */
const prefix = Buffer.from('302a300506032b6570032100', 'hex')
const keys = new Map<string, KeyObject>()

export const signatureHolds = ({ key, message, signature }: SignatureCheck): boolean =>
  verify(null, message, keyOf(key.vkey, key.publicKey), signature)

const keyOf = (vkey: string, publicKey: Uint8Array): KeyObject => {
  const key =
    keys.get(vkey) ??
    createPublicKey({ key: Buffer.concat([prefix, publicKey]), format: 'der', type: 'spki' })
  keys.set(vkey, key)
  return key
}
