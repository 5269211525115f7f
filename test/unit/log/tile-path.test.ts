import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bundlePath, tilePath } from '../../../src/domain/log/tile.ts'
import { parseTilePath } from '../../../src/domain/log/tile-path.ts'

it('A1 every tile is found by its name', () => {
  fc.assert(
    fc.property(fc.nat({ max: 63 }), fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, n, width) => {
      expect(parseTilePath(tilePath({ level, n, width }))).toEqual({
        kind: 'hashes',
        tile: { level, n, width },
      })
      expect(parseTilePath(bundlePath({ n, width }))).toEqual({ kind: 'entries', tile: { n, width } })
    }),
  )
})

it.each([
  '',
  'tile',
  'tile/0',
  'tile/0/',
  'tile/0/0',
  'tile/0/00',
  'tile/0/0000',
  'tile/00/000',
  'tile/-1/000',
  'tile/100/000',
  'tile/0/x000/001',
  'tile/0/001/000',
  'tile/0/x001',
  'tile/0/x001/x002',
  'tile/0/x999/x999/x999/x999/x999/x999/999',
  'tile/0/000.p',
  'tile/0/000.p/',
  'tile/0/000.p/0',
  'tile/0/000.p/01',
  'tile/0/000.p/256',
  'tile/0/000.p/999',
  'tile/0/000.p/5/6',
  'tile/0/000/../001',
  'tile/0/000 ',
  'tile/0/000\n',
  'tile/0/٠٠٠',
  'tile/entries',
  'tile/entries/1',
  'tile/data/000',
  'TILE/0/000',
  '/tile/0/000',
])('A1 %j is the name of no tile', (path) => {
  expect(parseTilePath(path)).toBeNull()
})
