import type { Visit } from '../../domain/log/compact-range.ts'
import { tileWidth } from '../../domain/log/tile.ts'
import type { FullTile } from '../../storage/log.repository.ts'

const tileHeight = 8

export interface TileCollector {
  /** Told of each perfect subtree while leaves are appended. */
  readonly visit: Visit
  /**
   * The tiles that have become full. `earlier` reads hashes `from` to before `to` of a level that were there before this batch:
   * leaf hashes at level 0, above them roots of full tiles of the level below.
   */
  readonly full: (
    earlier: (level: number, from: number, to: number) => Promise<readonly Uint8Array[]>,
  ) => Promise<FullTile[]>
}

/** `size`: of the log before the batch. */
export const collectTiles = (size: number): TileCollector => {
  const levels: { readonly begin: number; readonly hashes: Uint8Array[] }[] = []
  return {
    visit: (height, index, hash) => {
      if (height % tileHeight !== 0) return
      const level = height / tileHeight
      levels[level] ??= { begin: index, hashes: [] }
      levels[level].hashes.push(hash)
    },
    full: async (earlier) => {
      const tiles: FullTile[] = []
      for (const [level, { begin, hashes }] of levels.entries()) {
        const above = levels[level + 1]
        if (above === undefined) break
        const first = above.begin * tileWidth
        const before = begin > first ? await earlier(level, first, begin) : []
        if (before.length !== Math.max(begin - first, 0))
          throw new Error(
            `tiles of level ${level}: expected ${begin - first} hashes from ${first} on in a log of ${size} entries, found ${before.length}`,
          )
        const all = [...before, ...hashes]
        for (const [at, root] of above.hashes.entries())
          tiles.push({
            level,
            n: above.begin + at,
            hashes: Buffer.concat(all.slice(at * tileWidth, (at + 1) * tileWidth)),
            root: Buffer.from(root),
          })
      }
      return tiles
    },
  }
}
