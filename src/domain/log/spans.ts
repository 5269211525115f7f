import { nodeHashOf, powerWithin, type Sha256 } from './merkle.ts'

/** Entries from `begin` to before `end`. Each hash of a proof is the Merkle tree hash of one span. */
export interface Span {
  readonly begin: number
  readonly end: number
}

/** A perfect subtree: the entries from index * 2^level on, 2^level of them. */
export interface TreeNode {
  readonly level: number
  readonly index: number
}

/** What proves that entry `index` is in the tree of `size` entries: PATH of RFC 6962 section 2.1.1, from the leaf to the root. */
export const inclusionSpans = (index: number, size: number): Span[] => {
  if (index < 0 || index >= size)
    throw new RangeError(`inclusion of entry ${index}: the tree has ${size} entries`)
  const spans: Span[] = []
  for (let begin = 0, end = size; end - begin > 1; ) {
    const middle = begin + splitOf(end - begin)
    if (index < middle) {
      spans.push({ begin: middle, end })
      end = middle
    } else {
      spans.push({ begin, end: middle })
      begin = middle
    }
  }
  return spans.toReversed()
}

/** What proves that a tree of `size` entries extends one of `old`: PROOF of RFC 6962 section 2.1.2. None for 0 and for the same size. */
export const consistencySpans = (old: number, size: number): Span[] => {
  if (old < 0 || old > size) throw new RangeError(`consistency of ${old}: the tree has ${size} entries`)
  if (old === 0) return []
  const spans: Span[] = []
  let begin = 0
  let end = size
  while (end !== old) {
    const middle = begin + splitOf(end - begin)
    if (old <= middle) {
      spans.push({ begin: middle, end })
      end = middle
    } else {
      spans.push({ begin, end: middle })
      begin = middle
    }
  }
  // Where the old tree is a subtree by itself, whoever checks has its root already.
  if (begin > 0) spans.push({ begin, end })
  return spans.toReversed()
}

/** The perfect subtrees that the hash of a span is made of, from left to right. */
export const nodesIn = ({ begin, end }: Span): TreeNode[] => {
  const nodes: TreeNode[] = []
  for (let at = begin; at < end; ) {
    const width = powerWithin(end - at)
    nodes.push({ level: levelOf(width), index: at / width })
    at += width
  }
  return nodes
}

/** The Merkle tree hash of a span, from the roots of its perfect subtrees. */
export const hashOfSpan = (span: Span, hashOf: (node: TreeNode) => Uint8Array, sha256: Sha256): Uint8Array =>
  nodesIn(span)
    .map(hashOf)
    .reduceRight((right, left) => nodeHashOf(sha256, left, right))

/** The hashes of a proof. What is stored of the tree is asked for by subtree, so that it can come from tiles. */
export const pathOf = (
  spans: readonly Span[],
  hashOf: (node: TreeNode) => Uint8Array,
  sha256: Sha256,
): Uint8Array[] => spans.map((span) => hashOfSpan(span, hashOf, sha256))

/** The largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => powerWithin(count - 1)

const levelOf = (width: number): number => {
  let level = 0
  for (let power = 1; power < width; power *= 2) level += 1
  return level
}
