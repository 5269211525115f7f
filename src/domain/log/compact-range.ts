import { emptyRoot, hashLength, nodeHashOf, type Sha256 } from './merkle.ts'

/**
 * A tree by the roots of the perfect subtrees it consists of, the largest first: one for each 1 in the binary `size`. These
 * few hashes are all that appending and the root need, however long the log is.
 */
export interface CompactRange {
  readonly size: number
  readonly hashes: readonly Uint8Array[]
}

export const emptyRange: CompactRange = { size: 0, hashes: [] }

/** Told of each perfect subtree at the moment it is complete: its height, its number at that height, its root. Leaves have height 0. */
export type Visit = (level: number, index: number, hash: Uint8Array) => void

/** Throws a RangeError where the hashes can't be those of a tree of that size. */
export const compactRange = (size: number, hashes: readonly Uint8Array[]): CompactRange => {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new RangeError(`compact range: expected a size from 0 to 2^53 - 1, found ${size}`)
  const expected = onesIn(size)
  if (hashes.length !== expected)
    throw new RangeError(
      `compact range of ${size} entries: expected ${expected} hashes, found ${hashes.length}`,
    )
  const odd = hashes.find((hash) => hash.length !== hashLength)
  if (odd !== undefined)
    throw new RangeError(`compact range: expected hashes of ${hashLength} bytes, found ${odd.length}`)
  return { size, hashes }
}

/** A range that leaves are added to, one by one; `range` is what it has become. */
export interface GrowingRange {
  readonly add: (leaf: Uint8Array) => void
  readonly size: () => number
  readonly root: () => Uint8Array
  readonly range: () => CompactRange
}

export const growRange = (from: CompactRange, sha256: Sha256, visit?: Visit): GrowingRange => {
  const hashes = [...from.hashes]
  let size = from.size
  return {
    add: (leaf) => {
      let hash = leaf
      let level = 0
      visit?.(0, size, leaf)
      for (let index = size; index % 2 === 1; ) {
        const left = hashes.pop()
        if (left === undefined) throw new RangeError(`compact range of ${size} entries: a hash is missing`)
        hash = nodeHashOf(sha256, left, hash)
        level += 1
        index = (index - 1) / 2
        visit?.(level, index, hash)
      }
      hashes.push(hash)
      size += 1
    },
    size: () => size,
    root: () => rootOf({ size, hashes }, sha256),
    range: () => ({ size, hashes: [...hashes] }),
  }
}

/** The range with these leaf hashes behind it. As many hashes are made as there are leaves, and not one more than log2 of the size. */
export const appendLeaves = (
  range: CompactRange,
  leaves: Iterable<Uint8Array>,
  sha256: Sha256,
  visit?: Visit,
): CompactRange => {
  const growing = growRange(range, sha256, visit)
  for (const leaf of leaves) growing.add(leaf)
  return growing.range()
}

/** The root hash of the tree. */
export const rootOf = ({ hashes }: CompactRange, sha256: Sha256): Uint8Array =>
  hashes.length === 0
    ? emptyRoot(sha256)
    : hashes.reduceRight((right, left) => nodeHashOf(sha256, left, right))

const onesIn = (size: number): number => {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
