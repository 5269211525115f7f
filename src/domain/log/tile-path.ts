import { bundlePath, type Tile, tilePath, tileWidth } from './tile.ts'

/** A name below a log's prefix, as in C2SP tlog-tiles: hashes of the tree, or the entries under a tile of level 0. */
export type NamedTile =
  | { readonly kind: 'hashes'; readonly tile: Tile }
  | { readonly kind: 'entries'; readonly tile: Omit<Tile, 'level'> }

/** Six groups of three digits name more tiles than a log has. */
const pattern = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** Null for whatever is no name of a tile, or is not the one way to write it. */
export const parseTilePath = (path: string): NamedTile | null => {
  const [, of = '', number = '', partial] = pattern.exec(path) ?? []
  const n = Number(number.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? tileWidth : Number(partial)
  if (of === '' || !Number.isSafeInteger(n)) return null
  const named: NamedTile =
    of === 'entries'
      ? { kind: 'entries', tile: { n, width } }
      : { kind: 'hashes', tile: { level: Number(of), n, width } }
  return nameOf(named) === path ? named : null
}

const nameOf = (named: NamedTile): string =>
  named.kind === 'entries' ? bundlePath(named.tile) : tilePath(named.tile)
