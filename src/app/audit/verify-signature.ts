import { createPublicKey, verify } from 'node:crypto'
import type { SignatureCheck } from '../../domain/log/note.ts'

/** An Ed25519 public key of 32 bytes as node:crypto reads it: RFC 8410's SubjectPublicKeyInfo. */
const prefix = Buffer.from('302a300506032b6570032100', 'hex')

/** Whether the signature holds. */
export const signatureHolds = ({ key, message, signature }: SignatureCheck): boolean => {
  const publicKey = createPublicKey({
    key: Buffer.concat([prefix, key.publicKey]),
    format: 'der',
    type: 'spki',
  })
  return verify(null, message, publicKey, signature)
}
