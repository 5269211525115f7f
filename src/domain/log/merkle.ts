/** The hashes of RFC 6962 section 2.1. Leaf and node begin with different bytes, so that none can pass for the other. */

/** SHA-256 of the parts, one behind the other: 32 bytes. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array

export const hashLength = 32

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export const leafHashOf = (sha256: Sha256, entry: Uint8Array): Uint8Array => sha256(leafPrefix, entry)

export const nodeHashOf = (sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(nodePrefix, left, right)

/** The root of a log without entries. */
export const emptyRoot = (sha256: Sha256): Uint8Array => sha256()

/** The largest power of two that is not above `count`, which is at least 1. Exact up to 2^53, unlike a logarithm. */
export const powerWithin = (count: number): number => {
  let power = 1
  while (power * 2 <= count) power *= 2
  return power
}
