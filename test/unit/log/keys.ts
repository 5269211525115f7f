import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type SignatureCheck, type Signer, verifierKey } from '../../../src/domain/log/note.ts'
import { sha256, unhex } from './oracle.ts'

/** Ed25519 keys made of a seed, so that a test says the same each time. */

const pkcs8 = '302e020100300506032b657004220420'
const spki = '302a300506032b6570032100'

export const signerOf = (name: string, seed: Uint8Array): Signer => {
  const secret = createPrivateKey({
    key: Buffer.concat([unhex(pkcs8), seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' })).slice(-32)
  return {
    key: verifierKey(name, publicKey, sha256),
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  }
}

/** A key of that name that nobody else has: `number` tells several apart. */
export const aSigner = (name: string, number = 1): Signer => signerOf(name, new Uint8Array(32).fill(number))

export const holds = ({ key, message, signature }: SignatureCheck): boolean =>
  verify(null, message, publicKeyOf(key.publicKey), signature)

const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([unhex(spki), raw]), format: 'der', type: 'spki' })
