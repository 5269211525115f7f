import { describe, expect, it } from 'vitest'
import type { TreeHead } from '../../../src/domain/log/check-proof.ts'
import { appendLeaves, emptyRange } from '../../../src/domain/log/compact-range.ts'
import { checkEntries, checkGrowth, entriesIn, type FetchTile } from '../../../src/domain/log/growth.ts'
import { entryBundle, placeOf } from '../../../src/domain/log/tile.ts'
import { parseTilePath } from '../../../src/domain/log/tile-path.ts'
import { leafOf, sha256, treeHash } from './oracle.ts'

/** A log of made-up entries, served by tiles alone. */
const aLog = (size: number, change: (text: string, at: number) => string = (text) => text) => {
  const entries = Array.from({ length: size }, (_, at) => change(`entry ${at}`, at))
  const leaves = entries.map(leafOf)
  const tiles = new Map<string, Uint8Array[]>()
  appendLeaves(emptyRange, leaves, sha256, (level, index, hash) => {
    if (level % 8 !== 0) return
    const place = placeOf({ level, index })
    const key = `${place.level}/${place.n}`
    tiles.set(key, [...(tiles.get(key) ?? []), hash])
  })
  const asked: string[] = []
  const fetch: FetchTile = async (path) => {
    asked.push(path)
    const named = parseTilePath(path)
    if (named === null) throw new Error(`${path} is no name`)
    const { n, width } = named.tile
    const from = n * 256
    if (named.kind === 'entries')
      return entryBundle(entries.slice(from, from + width).map((text) => Buffer.from(text)))
    return Buffer.concat((tiles.get(`${named.tile.level}/${n}`) ?? []).slice(0, width))
  }
  const head = (of = size): TreeHead => ({ size: of, root: treeHash(leaves.slice(0, of)) })
  return { fetch, head, asked }
}

const sizes = [0, 1, 2, 255, 256, 257, 511, 512, 600, 700]

describe('A1 a log that has grown', () => {
  it('is seen to hold all that it held, by tiles alone', async () => {
    const log = aLog(700)
    for (const old of sizes)
      for (const size of sizes.filter((each) => each >= old)) {
        expect([old, size, await checkGrowth(log.head(old), log.head(size), log.fetch, sha256)]).toEqual([
          old,
          size,
          null,
        ])
        expect([old, size, await checkEntries(log.head(old), log.head(size), log.fetch, sha256)]).toEqual([
          old,
          size,
          null,
        ])
      }
  })

  it('needs a few tiles of hashes however many entries came, and no entry', async () => {
    const log = aLog(700)
    expect(await checkGrowth(log.head(300), log.head(), log.fetch, sha256)).toBeNull()
    expect(log.asked.toSorted()).toEqual(['tile/0/001', 'tile/0/002.p/188', 'tile/1/000.p/2'])
  })

  it('only what is new is fetched of entries', async () => {
    const log = aLog(700)
    expect(await checkEntries(log.head(520), log.head(), log.fetch, sha256)).toBeNull()
    expect(log.asked.filter((path) => path.startsWith('tile/entries/'))).toEqual(['tile/entries/002.p/188'])
  })
})

describe('A1 a log that tells another history', () => {
  const kept = aLog(400)

  it.each([
    [
      'an entry that was counted is another one now',
      (text: string, at: number) => (at === 7 ? 'forged' : text),
    ],
    ['the last counted entry is another one', (text: string, at: number) => (at === 399 ? 'forged' : text)],
  ])('is found: %s', async (_, change) => {
    const log = aLog(700, change)
    for (const check of [checkGrowth, checkEntries])
      expect(await check(kept.head(), log.head(), log.fetch, sha256)).toMatch(
        /^The first 400 entries are not those that the kept checkpoint counted/,
      )
  })

  it('is found: its end was cut off', async () => {
    const log = aLog(300)
    for (const check of [checkGrowth, checkEntries])
      expect(await check(kept.head(), log.head(), log.fetch, sha256)).toBe(
        'The kept checkpoint counts 400 entries, that of the server 300: the end of the history is missing.',
      )
  })

  it('is found: as long as before, and not the same', async () => {
    const log = aLog(400, (text, at) => (at === 0 ? 'forged' : text))
    for (const check of [checkGrowth, checkEntries])
      expect(await check(kept.head(), log.head(), log.fetch, sha256)).not.toBeNull()
  })

  it('is found: tiles that do not make the signed root, or are too short', async () => {
    const signed = aLog(700)
    const served = aLog(700, (text, at) => (at === 650 ? 'forged' : text))
    for (const check of [checkGrowth, checkEntries])
      expect(await check(kept.head(), signed.head(), served.fetch, sha256)).not.toBeNull()
    const short: FetchTile = async (path) => (await signed.fetch(path)).subarray(0, 31)
    expect(await checkGrowth(kept.head(), signed.head(), short, sha256)).toMatch(
      /has 31 bytes; expected \d+\.$/,
    )
  })

  it('is found: entries that are not those the hashes are of', async () => {
    const log = aLog(700)
    const other = aLog(700, (text, at) => (at === 699 ? 'forged' : text))
    const served: FetchTile = (path) => (path.includes('entries') ? other : log).fetch(path)
    expect(await checkGrowth(kept.head(), log.head(), served, sha256)).toBeNull()
    expect(await checkEntries(kept.head(), log.head(), served, sha256)).toBe(
      'The entries from 400 on do not make the root that the checkpoint of 700 entries says.',
    )
  })
})

it('A1 a bundle is read only when it is exactly so many entries', () => {
  const bundle = entryBundle([Buffer.from('one'), Buffer.from('two')])
  expect(entriesIn(bundle, 2)?.map((each) => Buffer.from(each).toString())).toEqual(['one', 'two'])
  expect(entriesIn(bundle, 1)).toBeNull()
  expect(entriesIn(bundle, 3)).toBeNull()
  expect(entriesIn(bundle.subarray(0, -1), 2)).toBeNull()
  expect(entriesIn(Buffer.concat([bundle, Buffer.of(0)]), 2)).toBeNull()
})
