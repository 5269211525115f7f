import { createHash } from 'node:crypto'
import type { Sha256 } from '../../../src/domain/log/merkle.ts'

/** The trees of RFC 6962 word by word: recursive, slow, and of another make than what is tested by them. */

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

const split = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1)

/** MTH(D[n]), of leaf hashes. */
export const treeHash = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [first] = leaves
  if (first === undefined) return sha256()
  if (leaves.length === 1) return first
  const k = split(leaves.length)
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

/** PATH(m, D[n]) */
export const auditPath = (m: number, leaves: readonly Uint8Array[]): Uint8Array[] => {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return m < k
    ? [...auditPath(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...auditPath(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))]
}

/** PROOF(m, D[n]) */
export const consistencyProof = (m: number, leaves: readonly Uint8Array[]): Uint8Array[] =>
  m === 0 ? [] : subProof(m, leaves, true)

const subProof = (m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] => {
  if (m === leaves.length) return whole ? [] : [treeHash(leaves)]
  const k = split(leaves.length)
  return m <= k
    ? [...subProof(m, leaves.slice(0, k), whole), treeHash(leaves.slice(k))]
    : [...subProof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))]
}

export const leafOf = (text: string): Uint8Array => sha256(Uint8Array.of(0), Buffer.from(text))
export const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => leafOf(`entry ${at}`))

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
