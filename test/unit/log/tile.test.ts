import { describe, expect, it } from 'vitest'
import { appendLeaves, emptyRange } from '../../../src/domain/log/compact-range.ts'
import { inclusionSpans, pathOf } from '../../../src/domain/log/spans.ts'
import {
  bundlePath,
  entryBundle,
  placeOf,
  rootOfHashes,
  tilePath,
  tilesOf,
} from '../../../src/domain/log/tile.ts'
import { auditPath, hex, leavesOf, sha256, treeHash } from './oracle.ts'

describe('tiles', () => {
  it('A1 are named as in C2SP tlog-tiles', () => {
    expect(tilePath({ level: 0, n: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 2, n: 0, width: 1 })).toBe('tile/2/000.p/1')
    expect(tilePath({ level: 1, n: 1_000, width: 255 })).toBe('tile/1/x001/000.p/255')
    expect(bundlePath({ n: 1_234_067, width: 8 })).toBe('tile/entries/x001/x234/067.p/8')
  })

  it('A1 of 70,000 and of 256 entries are those that the specification counts', () => {
    const seventy = tilesOf(70_000)
    const of = (level: number, full: boolean) =>
      seventy.filter((tile) => tile.level === level && (tile.width === 256) === full)
    expect([of(0, true).length, of(1, true).length, of(2, true).length]).toEqual([273, 1, 0])
    expect([...of(0, false), ...of(1, false), ...of(2, false)]).toEqual([
      { level: 0, n: 273, width: 112 },
      { level: 1, n: 1, width: 17 },
      { level: 2, n: 0, width: 1 },
    ])
    expect(tilesOf(256)).toEqual([
      { level: 0, n: 0, width: 256 },
      { level: 1, n: 0, width: 1 },
    ])
    expect(tilesOf(0)).toEqual([])
  })

  it('A1 hold all that proofs are made of', () => {
    const leaves = leavesOf(700)
    const tiles = new Map<string, Uint8Array[]>()
    appendLeaves(emptyRange, leaves, sha256, (level, index, hash) => {
      if (level % 8 !== 0) return
      const { level: tileLevel, n } = placeOf({ level, index })
      tiles.set(`${tileLevel}/${n}`, [...(tiles.get(`${tileLevel}/${n}`) ?? []), hash])
    })
    expect([...tiles.keys()].sort()).toEqual(['0/0', '0/1', '0/2', '1/0'])
    expect(hex(tiles.get('1/0')![1]!)).toBe(hex(treeHash(leaves.slice(256, 512))))
    expect(hex(rootOfHashes(tiles.get('0/1')!, sha256))).toBe(hex(treeHash(leaves.slice(256, 512))))
    for (const index of [0, 255, 256, 511, 512, 640, 699]) {
      const path = pathOf(
        inclusionSpans(index, leaves.length),
        (node) => {
          const { level, n, from, count } = placeOf(node)
          return rootOfHashes(tiles.get(`${level}/${n}`)!.slice(from, from + count), sha256)
        },
        sha256,
      )
      expect(path.map(hex)).toEqual(auditPath(index, leaves).map(hex))
    }
  })

  it('A1 an odd number of hashes has no root of its own', () => {
    expect(() => rootOfHashes([], sha256)).toThrow('the root of no hashes')
    expect(() => rootOfHashes(leavesOf(3), sha256)).toThrow('3 hashes are no power of two')
    expect(() => rootOfHashes(leavesOf(6), sha256)).toThrow('3 hashes are no power of two')
  })

  it('A1 a bundle has the length before each entry, and takes none that its two bytes cannot tell', () => {
    expect([
      ...entryBundle([Buffer.from('ab'), Buffer.from(''), Buffer.alloc(258, 1)]).subarray(0, 9),
    ]).toEqual([0, 2, 97, 98, 0, 0, 1, 2, 1])
    expect(() => entryBundle([new Uint8Array(65_536)])).toThrow('an entry of 65536 bytes')
  })
})
