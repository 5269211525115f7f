import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/app/audit/sha256.ts'
import { commit } from '../../src/app/commit.ts'
import { parseCheckpoint } from '../../src/domain/log/checkpoint.ts'
import { appendLeaves, emptyRange, rootOf } from '../../src/domain/log/compact-range.ts'
import { rootOfHashes, tileWidth } from '../../src/domain/log/tile.ts'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { readSealingLag } from '../../src/storage/log.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { keysInHand, sealerOf, write } from './seal-world.ts'

describe('sealing', () => {
  let world: TestApp
  const keys = keysInHand()
  beforeAll(async () => {
    world = await testApp()
  })
  afterAll(() => world.close())

  const rows = (
    table: 'audit_leaf' | 'audit_checkpoint' | 'audit_tile' | 'audit_key' | 'audit_entry' | 'audit_unsealed',
    tenantId = testTenant,
  ) => inTenant(world.app.store, tenantId, (tx) => tx.db.selectFrom(table).selectAll().execute())
  const leaves = async () =>
    await inTenant(world.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('audit_leaf')
        .innerJoin('audit_entry', 'audit_entry.seq', 'audit_leaf.seq')
        .select(['index', 'audit_leaf.leaf_hash', 'audit_entry.bytes', 'audit_leaf.seq'])
        .orderBy('index')
        .execute(),
    )

  it('A1 entries are sealed in order, and a signed checkpoint covers them', async () => {
    await write(world.app, 5)
    const sealer = sealerOf(world.app, keys.source)
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    const all = await leaves()
    expect(all.length).toBe((await rows('audit_entry')).length)
    expect(all.map((row) => row.index)).toEqual(all.map((_, at) => at))
    expect(all.map((row) => row.seq)).toEqual(all.map((row) => row.seq).toSorted((one, other) => one - other))
    expect(await rows('audit_unsealed')).toEqual([])
    const checkpoints = await inTenant(world.app.store, testTenant, (tx) =>
      tx.db.selectFrom('audit_checkpoint').selectAll().orderBy('size', 'desc').execute(),
    )
    const parsed = parseCheckpoint(checkpoints[0]?.note ?? '')
    const root = rootOf(
      appendLeaves(
        emptyRange,
        all.map((row) => sha256(Buffer.from([0]), row.bytes)),
        sha256,
      ),
      sha256,
    )
    expect(parsed).toMatchObject({ ok: true, value: { origin: 'suture.test/audit/lab', size: all.length } })
    expect(parsed.ok && Buffer.from(parsed.value.root)).toEqual(Buffer.from(root))
    expect(await readSealingLag(world.app.store)).toEqual({ waiting: 0, oldestMs: 0, damaged: null })
  })

  it('A1 tiles become full across batches of any size, and hold what the leaves make', async () => {
    for (const [batch, entries] of [
      [60, 250],
      [300, 500],
      [1, 3],
      [2_000, 400],
    ] as const) {
      await write(world.app, entries)
      const sealer = sealerOf(world.app, keys.source, batch)
      await sealer.turn()
      expect(sealer.problems()).toEqual([])
    }
    const all = await leaves()
    const tiles = await inTenant(world.app.store, testTenant, (tx) =>
      tx.db.selectFrom('audit_tile').selectAll().orderBy('level').orderBy('n').execute(),
    )
    expect(tiles.map(({ level, n }) => [level, n])).toEqual(
      Array.from({ length: Math.floor(all.length / tileWidth) }, (_, n) => [0, n]),
    )
    for (const { n, hashes, root } of tiles) {
      const own = all.slice(n * tileWidth, (n + 1) * tileWidth).map((row) => row.leaf_hash)
      expect(hashes).toEqual(Buffer.concat(own))
      expect(root).toEqual(Buffer.from(rootOfHashes(own, sha256)))
    }
  })

  it('O9 two that seal at once never fork the log: one of them writes, the other notices', async () => {
    await write(world.app, 300)
    const sealers = Array.from({ length: 4 }, () => sealerOf(world.app, keys.source, 50))
    for (let round = 0; round < 4; round += 1) await Promise.all(sealers.map((sealer) => sealer.turn()))
    const all = await leaves()
    expect(all.length).toBe((await rows('audit_entry')).length)
    expect(new Set(all.map((row) => row.seq)).size).toBe(all.length)
    const again = sealerOf(world.app, keys.source)
    await write(world.app, 1)
    await again.turn()
    // The next one holds the last checkpoint to root and signature before it goes on.
    expect(again.problems()).toEqual([])
  })

  it('H4 each tenant has a log of its own', async () => {
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await write(world.app, 3, 'other')
    await sealerOf(world.app, keys.source).turn()
    expect(await rows('audit_leaf', 'other')).toHaveLength(3)
    expect(await rows('audit_checkpoint', 'other')).toMatchObject([{ size: 3 }])
  })

  it('A1 a long entry is cut to what the log takes, and says so', async () => {
    await commit(world.app, testTenant, async (_tx, out) =>
      out.audit({
        event: 'message_posted',
        actor: 'person_ada',
        subject: 'inc-1',
        details: { text: 'ä'.repeat(60_000), list: ['kept'] },
      }),
    )
    const longest = (await rows('audit_entry')).at(-1)
    const bytes = longest !== undefined && 'bytes' in longest ? longest.bytes : Buffer.alloc(0)
    expect(bytes.length).toBeLessThan(65_536)
    expect(JSON.parse(bytes.toString())).toMatchObject({ details: { cut: true, list: ['kept'] } })
  })
})
