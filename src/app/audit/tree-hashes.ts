import type { Sha256 } from '../../domain/log/merkle.ts'
import { inclusionSpans, nodesIn, pathOf, type Span, type TreeNode } from '../../domain/log/spans.ts'
import { type PlaceInTile, placeOf, rootOfHashes, tileWidth } from '../../domain/log/tile.ts'
import type { Tx } from '../../storage/database.ts'
import { readLeafHashes, readTile, readTileRoots } from '../../storage/log.repository.ts'

const hashBytes = 32

/**
 * Paths of these entries to the root of the tree of `size` entries. Each needs a tile or two for every 256-fold of the log;
 * entries that stand together share theirs.
 */
export const inclusionPaths = async (
  tx: Tx,
  indices: readonly number[],
  size: number,
  sha256: Sha256,
): Promise<Uint8Array[][]> => {
  const spans = indices.map((index) => inclusionSpans(index, size))
  const hashOf = await readNodes(tx, spans.flat(), sha256)
  return spans.map((each) => pathOf(each, hashOf, sha256))
}

const readNodes = async (
  tx: Tx,
  spans: readonly Span[],
  sha256: Sha256,
): Promise<(node: TreeNode) => Uint8Array> => {
  const wanted = new Map<string, PlaceInTile[]>()
  for (const span of spans)
    for (const node of nodesIn(span)) {
      const place = placeOf(node)
      const tile = keyOf(place)
      const places = wanted.get(tile)
      if (places === undefined) wanted.set(tile, [place])
      else places.push(place)
    }
  const tiles = new Map(
    await Promise.all([...wanted].map(async ([key, places]) => [key, await readHashes(tx, places)] as const)),
  )
  const known = new Map<string, Uint8Array>()
  return (node) => {
    const key = `${node.level}/${node.index}`
    const before = known.get(key)
    if (before !== undefined) return before
    const place = placeOf(node)
    const hashes = tiles.get(keyOf(place))?.slice(place.from, place.from + place.count) ?? []
    if (hashes.length !== place.count)
      throw new Error(
        `tile ${keyOf(place)} of ${tx.tenantId}: expected ${place.count} hashes from ${place.from} on, found ${hashes.length}; the log in the database is not whole`,
      )
    const hash = rootOfHashes(hashes, sha256)
    known.set(key, hash)
    return hash
  }
}

/** All of one tile: the full one that is stored, or what there is of it as far as it is needed. */
const readHashes = async (tx: Tx, places: readonly PlaceInTile[]): Promise<readonly Uint8Array[]> => {
  const [{ level, n } = { level: 0, n: 0 }] = places
  const full = await readTile(tx, level, n)
  if (full !== null)
    return Array.from({ length: tileWidth }, (_, at) => full.subarray(at * hashBytes, (at + 1) * hashBytes))
  const begin = n * tileWidth
  const end = begin + Math.max(...places.map(({ from, count }) => from + count))
  return level === 0 ? readLeafHashes(tx, begin, end) : readTileRoots(tx, level - 1, begin, end)
}

const keyOf = ({ level, n }: Pick<PlaceInTile, 'level' | 'n'>): string => `${level}/${n}`
