import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isConsistent, isIncluded, rootByInclusion } from '../../../src/domain/log/check-proof.ts'
import {
  appendLeaves,
  compactRange,
  emptyRange,
  growRange,
  rootOf,
} from '../../../src/domain/log/compact-range.ts'
import { leafHashOf } from '../../../src/domain/log/merkle.ts'
import {
  consistencySpans,
  inclusionSpans,
  nodesIn,
  pathOf,
  type TreeNode,
} from '../../../src/domain/log/spans.ts'
import { auditPath, consistencyProof, hex, leafOf, leavesOf, sha256, treeHash } from './oracle.ts'
import { consistencies, entries, inclusions, roots } from './vectors.ts'

const many = leavesOf(300)
const vectorLeaves = entries.map((entry) => leafHashOf(sha256, entry))

const subtrees =
  (leaves: readonly Uint8Array[]) =>
  ({ level, index }: TreeNode): Uint8Array =>
    treeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
const headOf = (leaves: readonly Uint8Array[]) => ({ size: leaves.length, root: treeHash(leaves) })

const sizes = fc.integer({ min: 1, max: many.length })
const indexAndSize = sizes.chain((size) => fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)))
const oldAndSize = sizes.chain((size) => fc.tuple(fc.integer({ min: 0, max: size }), fc.constant(size)))

describe('the tree of eight leaves that everybody has', () => {
  it('A1 has the known roots, from no leaf to all of them', () => {
    const grown = roots.map((_, count) => appendLeaves(emptyRange, vectorLeaves.slice(0, count), sha256))
    expect(grown.map((range) => hex(rootOf(range, sha256)))).toEqual(roots.map(hex))
  })

  it.each(inclusions)('A2 entry $index of $size has the known path', ({ index, size, path }) => {
    const made = pathOf(inclusionSpans(index, size), subtrees(vectorLeaves), sha256)
    expect(made.map(hex)).toEqual(path.map(hex))
    const head = { size, root: roots[size]! }
    expect(isIncluded(vectorLeaves[index]!, index, head, path, sha256)).toBe(true)
  })

  it.each(consistencies)('A2 $size entries extend $old by the known path', ({ old, size, path }) => {
    const made = pathOf(consistencySpans(old, size), subtrees(vectorLeaves), sha256)
    expect(made.map(hex)).toEqual(path.map(hex))
    const [before, after] = [
      { size: old, root: roots[old]! },
      { size, root: roots[size]! },
    ]
    expect(isConsistent(before, after, path, sha256)).toBe(true)
  })
})

describe('a compact range', () => {
  it('A1 has the root of the recursive definition, however the leaves came in', () => {
    fc.assert(
      fc.property(oldAndSize, ([old, size]) => {
        const first = appendLeaves(emptyRange, many.slice(0, old), sha256)
        const kept = compactRange(first.size, first.hashes)
        const both = appendLeaves(kept, many.slice(old, size), sha256)
        expect(both.size).toBe(size)
        expect(hex(rootOf(both, sha256))).toBe(hex(treeHash(many.slice(0, size))))
      }),
      { numRuns: 60 },
    )
  })

  it('A1 tells of each perfect subtree once, with its root', () => {
    const seen = new Map<string, string>()
    appendLeaves(emptyRange, many, sha256, (level, index, hash) => {
      expect(seen.has(`${level}/${index}`)).toBe(false)
      seen.set(`${level}/${index}`, hex(hash))
    })
    // 300 leaves, 150 pairs, ... and one subtree of 256.
    expect(seen.size).toBe(300 + 150 + 75 + 37 + 18 + 9 + 4 + 2 + 1)
    expect(seen.get('8/0')).toBe(hex(treeHash(many.slice(0, 256))))
    expect(seen.get('2/74')).toBe(hex(treeHash(many.slice(296, 300))))
  })

  it('A1 makes at most as many hashes as there are leaves, on a long log too', () => {
    let hashes = 0
    const counting: typeof sha256 = (...parts) => {
      hashes += 1
      return sha256(...parts)
    }
    const size = 2 ** 40 + 2 ** 20 - 1
    const long = compactRange(size, leavesOf(21))
    const growing = growRange(long, counting)
    for (const leaf of many) growing.add(leaf)
    growing.root()
    expect(growing.size()).toBe(size + 300)
    expect(hashes).toBeLessThan(300 + 41)
  })

  it.each([
    [3, leavesOf(1), 'expected 2 hashes, found 1'],
    [-1, [], 'expected a size from 0 to 2^53 - 1, found -1'],
    [2 ** 53, leavesOf(1), 'found 9007199254740992'],
    [1, [Uint8Array.of(1)], 'expected hashes of 32 bytes, found 1'],
  ])('A1 that cannot be is refused: size %d', (size, hashes, message) => {
    expect(() => compactRange(size, hashes)).toThrow(message)
  })
})

describe('proofs', () => {
  it('A2 of inclusion are those of the recursive definition, and hold', () => {
    fc.assert(
      fc.property(indexAndSize, ([index, size]) => {
        const leaves = many.slice(0, size)
        const path = pathOf(inclusionSpans(index, size), subtrees(leaves), sha256)
        expect(path.map(hex)).toEqual(auditPath(index, leaves).map(hex))
        expect(isIncluded(many[index]!, index, headOf(leaves), path, sha256)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('A2 of consistency are those of the recursive definition, and hold', () => {
    fc.assert(
      fc.property(oldAndSize, ([old, size]) => {
        const leaves = many.slice(0, size)
        const path = pathOf(consistencySpans(old, size), subtrees(leaves), sha256)
        expect(path.map(hex)).toEqual(consistencyProof(old, leaves).map(hex))
        expect(isConsistent(headOf(leaves.slice(0, old)), headOf(leaves), path, sha256)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('A2 hold for no other leaf, index, size, root or path', () => {
    for (let size = 1; size <= 20; size += 1) {
      const leaves = many.slice(0, size)
      const head = headOf(leaves)
      for (let index = 0; index < size; index += 1) {
        const path = auditPath(index, leaves)
        const leaf = leaves[index]!
        const holds = (over: { index?: number; size?: number; path?: Uint8Array[]; leaf?: Uint8Array }) =>
          isIncluded(
            over.leaf ?? leaf,
            over.index ?? index,
            { ...head, size: over.size ?? size },
            over.path ?? path,
            sha256,
          )
        expect(holds({})).toBe(true)
        expect(holds({ leaf: leafOf('another') })).toBe(false)
        for (let other = -1; other <= size; other += 1)
          if (other !== index) expect(holds({ index: other })).toBe(false)
        for (const changed of changesOf(path, head.root)) expect(holds({ path: changed })).toBe(false)
      }
    }
  })

  it('A2 of consistency hold for no other heads or path', () => {
    for (let size = 2; size <= 20; size += 1) {
      const head = headOf(many.slice(0, size))
      for (let old = 1; old < size; old += 1) {
        const before = headOf(many.slice(0, old))
        const path = consistencyProof(old, many.slice(0, size))
        expect(isConsistent(before, head, path, sha256)).toBe(true)
        expect(isConsistent({ ...before, root: leafOf('x') }, head, path, sha256)).toBe(false)
        expect(isConsistent(before, { ...head, root: leafOf('x') }, path, sha256)).toBe(false)
        expect(isConsistent(head, before, path, sha256)).toBe(false)
        for (const changed of changesOf(path, head.root))
          expect(isConsistent(before, head, changed, sha256)).toBe(false)
      }
    }
  })

  it.each([
    ['an entry behind the end', 3, 3],
    ['a negative index', -1, 3],
    ['half an index', 0.5, 3],
    ['a size that no number holds', 0, 2 ** 53],
    ['an empty tree', 0, 0],
  ])('A2 a path for %s makes no root', (_what, index, size) => {
    expect(rootByInclusion(leafOf('x'), index, size, [], sha256)).toBeNull()
  })

  it('A2 the old tree must be the empty one where it has no entries, and the same where the sizes are', () => {
    const head = headOf(many.slice(0, 5))
    expect(isConsistent({ size: 0, root: sha256() }, head, [], sha256)).toBe(true)
    expect(isConsistent({ size: 0, root: head.root }, head, [], sha256)).toBe(false)
    expect(isConsistent({ size: 0, root: sha256() }, head, [head.root], sha256)).toBe(false)
    expect(isConsistent(head, head, [], sha256)).toBe(true)
    expect(isConsistent(head, head, [head.root], sha256)).toBe(false)
    expect(isConsistent({ ...head, root: leafOf('x') }, head, [], sha256)).toBe(false)
  })

  it('A2 of a long log ask for a few subtrees, named exactly', () => {
    const size = 2 ** 52 + 5
    const spans = inclusionSpans(2 ** 52 + 4, size)
    expect(spans).toEqual([
      { begin: 2 ** 52, end: 2 ** 52 + 4 },
      { begin: 0, end: 2 ** 52 },
    ])
    expect(spans.flatMap(nodesIn)).toEqual([
      { level: 2, index: 2 ** 50 },
      { level: 52, index: 0 },
    ])
    expect(consistencySpans(2 ** 52, size)).toEqual([{ begin: 2 ** 52, end: size }])
  })
})

/** Paths that are not the given one: a bit turned, one left out, one too many, one of another length. */
const changesOf = (path: readonly Uint8Array[], root: Uint8Array): Uint8Array[][] => [
  ...path.map((_, at) =>
    path.map((hash, place) => (place === at ? Uint8Array.of(hash[0]! ^ 8, ...hash.subarray(1)) : hash)),
  ),
  ...path.map((_, at) => path.toSpliced(at, 1)),
  ...path.map((hash, at) => path.toSpliced(at, 0, hash)),
  [...path, root],
  [root, ...path],
  [...path, new Uint8Array()],
  [...path.slice(0, -1), Uint8Array.of(...(path.at(-1) ?? root), 0)],
]
