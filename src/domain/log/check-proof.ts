import { sameBytes } from './bytes.ts'
import { emptyRoot, hashLength, nodeHashOf, type Sha256 } from './merkle.ts'

/** Proofs checked as in RFC 9162 sections 2.1.3.2 and 2.1.4.2, which state for RFC 6962's trees how to. */

export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** The root that a leaf and its path make, or null where a tree of that size has no such path. */
export const rootByInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  sha256: Sha256,
): Uint8Array | null => {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, ...path])) return null
  let at = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return null
    if (at % 2 === 1 || at === last) {
      hash = nodeHashOf(sha256, sibling, hash)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = half(last)
      }
    } else hash = nodeHashOf(sha256, hash, sibling)
    at = half(at)
    last = half(last)
  }
  return last === 0 ? hash : null
}

/** Whether the entry with this leaf hash stands at `index` of the tree. */
export const isIncluded = (
  leaf: Uint8Array,
  index: number,
  head: TreeHead,
  path: readonly Uint8Array[],
  sha256: Sha256,
): boolean => {
  const root = rootByInclusion(leaf, index, head.size, path, sha256)
  return root !== null && sameBytes(root, head.root)
}

/** Whether everything that the old tree held stands at the same places of the new one. */
export const isConsistent = (
  old: TreeHead,
  head: TreeHead,
  path: readonly Uint8Array[],
  sha256: Sha256,
): boolean => {
  if (!isSize(old.size) || !isSize(head.size) || old.size > head.size) return false
  if (!areHashes([old.root, head.root, ...path])) return false
  if (old.size === 0) return path.length === 0 && sameBytes(old.root, emptyRoot(sha256))
  if (old.size === head.size) return path.length === 0 && sameBytes(old.root, head.root)
  let at = old.size - 1
  let last = head.size - 1
  while (at % 2 === 1) {
    at = half(at)
    last = half(last)
  }
  // An old tree that is one perfect subtree is where the path begins.
  const [first, ...rest] = at === 0 ? [old.root, ...path] : path
  if (first === undefined || path.length === 0) return false
  let oldHash = first
  let newHash = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      oldHash = nodeHashOf(sha256, sibling, oldHash)
      newHash = nodeHashOf(sha256, sibling, newHash)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = half(last)
      }
    } else newHash = nodeHashOf(sha256, newHash, sibling)
    at = half(at)
    last = half(last)
  }
  return last === 0 && sameBytes(oldHash, old.root) && sameBytes(newHash, head.root)
}

const half = (value: number): number => Math.floor(value / 2)
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === hashLength)
