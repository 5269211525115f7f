import { nodeHashOf, type Sha256 } from './merkle.ts'
import type { TreeNode } from './spans.ts'

/** The tree in tiles of 256 hashes, and their names, as in C2SP tlog-tiles. */

export const tileWidth = 256
const tileHeight = 8

/** Tile `n` of a level. Hash i of it is the root of the perfect subtree of height 8 * level at index n * 256 + i. */
export interface Tile {
  readonly level: number
  readonly n: number
  /** Hashes in it: 256, or fewer where the tree ends. */
  readonly width: number
}

/** `tile/0/x001/x234/067`, with `.p/5` behind it for the first five hashes of a tile. */
export const tilePath = ({ level, n, width }: Tile): string => `tile/${level}/${numbered(n, width)}`

/** `tile/entries/x001/x234/067`: the entries that tile `n` of level 0 has the leaf hashes of. */
export const bundlePath = ({ n, width }: Omit<Tile, 'level'>): string => `tile/entries/${numbered(n, width)}`

/** Every tile of a tree of that size, level by level. */
export const tilesOf = (size: number): Tile[] => {
  const tiles: Tile[] = []
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
    for (let n = 0; n * tileWidth < count; n += 1)
      tiles.push({ level, n, width: Math.min(tileWidth, count - n * tileWidth) })
  }
  return tiles
}

/** Where a perfect subtree's root comes from: hashes `from` to before `from + count` of a tile. One hash stands there as it is. */
export interface PlaceInTile {
  readonly level: number
  readonly n: number
  readonly from: number
  readonly count: number
}

export const placeOf = ({ level, index }: TreeNode): PlaceInTile => {
  const tileLevel = Math.floor(level / tileHeight)
  const count = 2 ** (level - tileLevel * tileHeight)
  const first = index * count
  return { level: tileLevel, n: Math.floor(first / tileWidth), from: first % tileWidth, count }
}

/** The root over a power of two of hashes, such as those of a place in a tile or of a full tile. */
export const rootOfHashes = (hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array => {
  const [first, ...rest] = hashes
  if (first === undefined) throw new RangeError('the root of no hashes')
  if (rest.length === 0) return first
  if (hashes.length % 2 === 1) throw new RangeError(`${hashes.length} hashes are no power of two`)
  const parents = Array.from({ length: hashes.length / 2 }, (_, at) =>
    nodeHashOf(sha256, hashes[at * 2] as Uint8Array, hashes[at * 2 + 1] as Uint8Array),
  )
  return rootOfHashes(parents, sha256)
}

/** Longest entry that a bundle can hold, in bytes. */
export const mostEntryBytes = 65_535

/** Up to 256 entries as a bundle: before each its length in two bytes, the higher first. */
export const entryBundle = (entries: readonly Uint8Array[]): Uint8Array => {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  let at = 0
  for (const entry of entries) {
    if (entry.length > mostEntryBytes)
      throw new RangeError(`an entry of ${entry.length} bytes; a bundle holds at most ${mostEntryBytes}`)
    bundle.set([entry.length >> 8, entry.length & 255], at)
    bundle.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bundle
}

const numbered = (n: number, width: number): string => {
  const parts: string[] = []
  for (let rest = n; parts.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    const digits = String(rest % 1000).padStart(3, '0')
    parts.unshift(parts.length === 0 ? digits : `x${digits}`)
  }
  return `${parts.join('/')}${width < tileWidth ? `.p/${width}` : ''}`
}
