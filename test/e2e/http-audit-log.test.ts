import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/app/audit/sha256.ts'
import { signatureHolds } from '../../src/app/audit/verify-signature.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { parseCheckpoint } from '../../src/domain/log/checkpoint.ts'
import { appendLeaves, emptyRange, rootOf } from '../../src/domain/log/compact-range.ts'
import { checkEntries, checkGrowth, entriesIn } from '../../src/domain/log/growth.ts'
import { leafHashOf } from '../../src/domain/log/merkle.ts'
import { parseVerifierKey, signatureChecks } from '../../src/domain/log/note.ts'
import { bundlePath, rootOfHashes, tilePath, tilesOf, tileWidth } from '../../src/domain/log/tile.ts'
import type { Role, Scope } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { keysInHand, sealAll, write } from '../db/seal-world.ts'
import { origin, type TestHttp, testHttp } from '../support/http.ts'

/** The log as C2SP tlog-tiles lays it out, asked for by somebody who has nothing but the address, a key, and the public key. */

let t: TestHttp
let admin: string
let reader: string
const keys = keysInHand()

beforeAll(async () => {
  t = await testHttp()
  const keyOf = async (name: string, roles: Role[], scopes: Scope[]): Promise<string> => {
    const created = await createKey(t.app, await t.caller(name, roles), { name: 'log', scopes })
    if (isRejection(created)) throw new Error(created.detail)
    return created.key
  }
  admin = await keyOf('Root', ['admin'], ['read', 'admin'])
  reader = await keyOf('Vera', ['viewer'], ['read'])
  await write(t.app, 700)
  await sealAll(t, keys.source)
})
afterAll(() => t.close())

const get = (path: string, key: string | null, headers: Record<string, string> = {}): Promise<Response> =>
  t.http.fetch(
    new Request(`${origin}/v1/audit/log/${path}`, {
      headers: {
        host: '127.0.0.1:4800',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
    }),
  )
const bytes = async (path: string, key = admin): Promise<Uint8Array> => {
  const response = await get(path, key)
  expect([path, response.status]).toEqual([path, 200])
  return new Uint8Array(await response.arrayBuffer())
}
const headNow = async () => {
  const parsed = parseCheckpoint(Buffer.from(await bytes('checkpoint', reader)).toString())
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}
const hashesIn = (tile: Uint8Array): Uint8Array[] =>
  Array.from({ length: tile.length / 32 }, (_, at) => tile.subarray(at * 32, (at + 1) * 32))

describe('A1 the log by tiles', () => {
  it('from tiles alone the signed root is made again, level by level and entry by entry', async () => {
    const head = await headNow()
    const known = (await t.ask('GET', '/v1/audit/keys', { as: reader })).json as { items: { vkey: string }[] }
    const key = parseVerifierKey(known.items[0]?.vkey ?? '', sha256)
    if (!key.ok) throw new Error(key.problem)
    const checks = signatureChecks(head.note, [key.value])
    expect(checks.map(signatureHolds)).toEqual([true])
    expect(head.size).toBeGreaterThanOrEqual(700)

    const tiles = new Map<string, Uint8Array[]>()
    for (const tile of tilesOf(head.size)) {
      const hashes = hashesIn(await bytes(tilePath(tile), reader))
      expect(hashes).toHaveLength(tile.width)
      tiles.set(`${tile.level}/${tile.n}`, hashes)
    }
    const leaves = tilesOf(head.size)
      .filter(({ level }) => level === 0)
      .flatMap(({ n }) => tiles.get(`0/${n}`) ?? [])
    expect(Buffer.from(rootOf(appendLeaves(emptyRange, leaves, sha256), sha256))).toEqual(
      Buffer.from(head.root),
    )
    for (const [at, above] of (tiles.get('1/0') ?? []).entries())
      expect(Buffer.from(above)).toEqual(Buffer.from(rootOfHashes(tiles.get(`0/${at}`) ?? [], sha256)))

    const hashed: Uint8Array[] = []
    for (let n = 0; n * tileWidth < head.size; n += 1) {
      const width = Math.min(tileWidth, head.size - n * tileWidth)
      const entries = entriesIn(await bytes(bundlePath({ n, width })), width)
      for (const entry of entries ?? []) hashed.push(leafHashOf(sha256, entry))
    }
    expect(hashed.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(
      leaves.map((hash) => Buffer.from(hash).toString('hex')),
    )
  })

  it('whoever kept a checkpoint follows the log as it grows', async () => {
    const old = await headNow()
    await write(t.app, 400)
    await sealAll(t, keys.source)
    const head = await headNow()
    expect(head.size).toBeGreaterThan(old.size)
    expect(await checkGrowth(old, head, (path) => bytes(path, reader), sha256)).toBeNull()
    expect(await checkEntries(old, head, (path) => bytes(path), sha256)).toBeNull()
    // What was partial then is served as it was, also when it is full by now.
    expect(
      await checkGrowth({ size: 0, root: sha256() }, old, (path) => bytes(path, reader), sha256),
    ).toBeNull()
    expect(await checkEntries({ size: 0, root: sha256() }, old, (path) => bytes(path), sha256)).toBeNull()
  })

  it('what never changes may be kept for long, by its owner alone; a checkpoint is asked for anew', async () => {
    const checkpoint = await get('checkpoint', reader)
    expect(Object.fromEntries(checkpoint.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'private, no-cache',
      vary: 'Authorization, Cookie',
      'x-api-version': '1',
    })
    const tile = await get('tile/0/000', reader)
    expect(Object.fromEntries(tile.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'Authorization, Cookie',
    })
    for (const [path, response] of [
      ['checkpoint', checkpoint],
      ['tile/0/000', tile],
      ['tile/entries/000', await get('tile/entries/000', admin)],
    ] as const) {
      const tag = response.headers.get('etag') ?? ''
      const again = await get(path, admin, { 'if-none-match': `"another", ${tag}` })
      expect([path, again.status, await again.text(), again.headers.get('etag')]).toEqual([
        path,
        304,
        '',
        tag,
      ])
      expect((await get(path, admin, { 'if-none-match': '"another"' })).status).toBe(200)
    }
  })

  it('entries are compressed for whoever takes that', async () => {
    const plain = await bytes('tile/entries/000')
    const zipped = await get('tile/entries/000', admin, { 'accept-encoding': 'br, gzip;q=0.5' })
    expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual([
      'gzip',
      'Authorization, Cookie, Accept-Encoding',
    ])
    const sent = Buffer.from(await zipped.arrayBuffer())
    expect(sent.length).toBeLessThan(plain.length / 2)
    expect(gunzipSync(sent)).toEqual(Buffer.from(plain))
    const unwanted = await get('tile/entries/000', admin, { 'accept-encoding': 'gzip;q=0' })
    expect(unwanted.headers.get('content-encoding')).toBeNull()
  })

  it.each([
    'tile/0/004',
    'tile/0/004.p/255',
    'tile/0/x001/000',
    'tile/1/000',
    'tile/1/001.p/1',
    'tile/2/000.p/1',
    'tile/63/000.p/1',
    'tile/0/x007/x199/x254/x740/991',
    'tile/entries/004',
    'tile/entries/x001/000.p/1',
    'tile/0/0',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/x000/000',
    'tile/0',
    'tile/entries/',
    'tile/0/%30%30%30%00',
    'tile/0/000/',
    'tile',
    '',
  ])('A1 what the log does not have, or no tile is called, is not found: %s', async (path) => {
    const response = await get(path, admin)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('H1 other methods are named as not offered', async () => {
    const response = await t.ask('POST', '/v1/audit/log/tile/0/000', { as: admin, body: {} })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('H4 whose log it is', () => {
  it('nothing is open, and entries are for admins: hashes tell nobody what was done', async () => {
    for (const path of ['checkpoint', 'tile/0/000', 'tile/entries/000'])
      expect([path, (await get(path, null)).status]).toEqual([path, 401])
    const refused = await get('tile/entries/000', reader)
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({
        detail: expect.stringContaining('getLogEntries needs the scope admin') as string,
      }),
    ])
  })

  it('A1 that somebody fetches entries stands in the history, once an hour', async () => {
    const noted = async () => {
      const { json } = await t.ask('GET', '/v1/audit?event=audit_mirrored', { as: admin })
      return (json as { items: unknown[] }).items
    }
    for (const path of ['tile/entries/000', 'tile/entries/000.p/3', 'tile/entries/001.p/1'])
      expect((await get(path, admin)).status).toBe(200)
    expect(await noted()).toMatchObject([
      { text: expect.stringContaining('began to fetch entries of the history as tiles') as string },
    ])
  })

  it('another tenant’s admin sees that tenant’s own log, and nothing where there is none', async () => {
    await ensureTenant(t.ownerUrl, 'other', 'Another')
    const other = (await bootstrapTenant(t.app, 'other', { lab: false })).adminKey ?? ''
    for (const path of ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1'])
      expect([path, (await get(path, other)).status]).toEqual([path, 404])
    await sealAll(t, keys.source)
    const mine = await bytes('tile/entries/000.p/1')
    const theirs = await bytes('tile/entries/000.p/1', other)
    expect(Buffer.from(mine).toString()).toContain('"tenant":"lab"')
    expect(Buffer.from(theirs).toString()).toContain('"tenant":"other"')
    expect(Buffer.from(await bytes('checkpoint', other)).toString()).toMatch(/^suture\.test\/audit\/other\n/)
    expect((await get('tile/0/000', other)).status).toBe(404)
  })
})
