import { sameBytes } from './bytes.ts'
import { isConsistent, type TreeHead } from './check-proof.ts'
import { compactRange, growRange, rootOf } from './compact-range.ts'
import { hashLength, leafHashOf, type Sha256 } from './merkle.ts'
import { consistencySpans, nodesIn, pathOf, type TreeNode } from './spans.ts'
import { bundlePath, mostEntryBytes, placeOf, rootOfHashes, tilePath, tileWidth } from './tile.ts'

/** Fetches a part of the log by its name, such as `tile/0/000.p/5`. Rejects where there is none. */
export type FetchTile = (path: string) => Promise<Uint8Array>

/** In one sentence, what keeps the larger tree from being the smaller one with entries behind it; null when it is. */
export type GrowthProblem = string | null

/** By hashes alone: a few tiles for each 256-fold of the log, however much was added. */
export const checkGrowth = async (
  old: TreeHead,
  head: TreeHead,
  fetchTile: FetchTile,
  sha256: Sha256,
): Promise<GrowthProblem> => {
  if (old.size > head.size) return shorter(old, head)
  const spans = consistencySpans(old.size, head.size)
  const hashOf = await nodesFrom(spans.flatMap(nodesIn), head.size, fetchTile, sha256)
  if (typeof hashOf === 'string') return hashOf
  return isConsistent(old, head, pathOf(spans, hashOf, sha256), sha256) ? null : differs(old)
}

/** By the new entries themselves: each is fetched, hashed, and must make the root together with what was known. */
export const checkEntries = async (
  old: TreeHead,
  head: TreeHead,
  fetchTile: FetchTile,
  sha256: Sha256,
): Promise<GrowthProblem> => {
  if (old.size > head.size) return shorter(old, head)
  const known = nodesIn({ begin: 0, end: old.size })
  const hashOf = await nodesFrom(known, head.size, fetchTile, sha256)
  if (typeof hashOf === 'string') return hashOf
  const before = compactRange(old.size, known.map(hashOf))
  if (!sameBytes(rootOf(before, sha256), old.root)) return differs(old)
  const growing = growRange(before, sha256)
  for (let n = Math.floor(old.size / tileWidth); Math.max(n * tileWidth, old.size) < head.size; n += 1) {
    const begin = n * tileWidth
    const width = Math.min(tileWidth, head.size - begin)
    const entries = entriesIn(await fetchTile(bundlePath({ n, width })), width)
    if (entries === null)
      return `The entries ${begin} to ${begin + width - 1} are not in the form of a bundle.`
    for (const entry of entries.slice(Math.max(0, old.size - begin))) growing.add(leafHashOf(sha256, entry))
  }
  return sameBytes(growing.root(), head.root)
    ? null
    : `The entries from ${old.size} on do not make the root that the checkpoint of ${head.size} entries says.`
}

const shorter = (old: TreeHead, head: TreeHead): string =>
  `The kept checkpoint counts ${old.size} entries, that of the server ${head.size}: the end of the history is missing.`

const differs = ({ size }: TreeHead): string =>
  `The first ${size} entries are not those that the kept checkpoint counted. The log tells another history than it did then.`

/** The hashes of subtrees, out of tiles of a tree of `size` entries; a sentence where a tile is not what it must be. */
const nodesFrom = async (
  nodes: readonly TreeNode[],
  size: number,
  fetchTile: FetchTile,
  sha256: Sha256,
): Promise<((node: TreeNode) => Uint8Array) | string> => {
  const tiles = new Map<string, Uint8Array>()
  const nameOf = ({
    level,
    n,
  }: {
    readonly level: number
    readonly n: number
  }): { path: string; width: number } => {
    const width = Math.min(tileWidth, Math.floor(size / tileWidth ** level) - n * tileWidth)
    return { path: tilePath({ level, n, width }), width }
  }
  for (const node of nodes) {
    const { path, width } = nameOf(placeOf(node))
    if (tiles.has(path)) continue
    const tile = await fetchTile(path)
    if (tile.length !== width * hashLength)
      return `${path} has ${tile.length} bytes; expected ${width * hashLength}.`
    tiles.set(path, tile)
  }
  return (node) => {
    const place = placeOf(node)
    const tile = tiles.get(nameOf(place).path) ?? new Uint8Array()
    const hashes = Array.from({ length: place.count }, (_, at) =>
      tile.subarray((place.from + at) * hashLength, (place.from + at + 1) * hashLength),
    )
    return rootOfHashes(hashes, sha256)
  }
}

/** Null where the bytes are not exactly so many entries, each with its length in front. */
export const entriesIn = (bundle: Uint8Array, width: number): Uint8Array[] | null => {
  const entries: Uint8Array[] = []
  let at = 0
  while (at + 2 <= bundle.length && entries.length < width) {
    const length = (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0)
    if (length > mostEntryBytes || at + 2 + length > bundle.length) return null
    entries.push(bundle.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return entries.length === width && at === bundle.length ? entries : null
}
