import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leafHash } from '../../src/app/digest.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { noteOf, takeExport, verifyFile, vkeysOf } from './seal-verify.ts'
import { asOwnerOfAll, keysInHand, sealAll, sealerOf, write } from './seal-world.ts'

/** Whoever owns the database does as they like with it; none of it survives a look from outside. */
describe('a history that somebody has changed in the database', () => {
  let world: TestApp
  let pinned: string[]
  let saved: string
  let size = 0
  const keys = keysInHand()
  beforeAll(async () => {
    world = await testApp()
    for (let batch = 0; batch < 4; batch += 1) {
      await write(world.app, 150, testTenant, batch * 150)
      await sealAll(world, keys.source)
    }
    pinned = await vkeysOf(world.app)
    saved = await noteOf(world.app)
    size = Number(saved.split('\n')[1])
  })
  afterAll(() => world.close())

  /** Changes the database, takes an export, and puts everything back. */
  const tampered = (change: (client: pg.Client) => Promise<unknown>) =>
    asOwnerOfAll(world.ownerUrl, async (client) => {
      const tables = ['audit_entry', 'audit_leaf', 'audit_checkpoint', 'audit_key']
      for (const table of tables) await client.query(`create table kept_${table} as table ${table}`)
      try {
        await change(client)
        return await takeExport(world.app)
      } finally {
        for (const table of tables) {
          await client.query(`delete from ${table}`)
          await client.query(
            `insert into ${table} ${table === 'audit_entry' ? 'overriding system value' : ''} table kept_${table}`,
          )
          await client.query(`drop table kept_${table}`)
        }
      }
    })
  const seqAt = (index: number): string =>
    `(select seq from audit_leaf where tenant_id = '${testTenant}' and index = ${index})`
  const judged = async (change: (client: pg.Client) => Promise<unknown>) =>
    verifyFile(await tampered(change), { pinned })

  it('A1 untouched it verifies, and extends every checkpoint that was kept', async () => {
    const file = await takeExport(world.app)
    expect(verifyFile(file, { pinned, saved })).toMatchObject({ ok: true, size, trust: { kind: 'pinned' } })
    expect(await tampered(async () => undefined)).toEqual(file)
  })

  it.each(['event', 'actor', 'subject', 'at', 'details', 'id', 'tenant', 'v'])(
    'A1 an entry whose %s was edited is named by its number',
    async (field) => {
      const verdict = await judged((client) =>
        client.query(
          `update audit_entry set bytes = convert_to(jsonb_set(convert_from(bytes, 'utf8')::jsonb, '{${field}}', '"forged"')::text, 'utf8')
           where seq = ${seqAt(217)}`,
        ),
      )
      expect(verdict).toMatchObject({ ok: false, problem: { code: 'entry_changed', entry: 217 } })
    },
  )

  it('A1 an entry that was edited with its hashes is found at the next signed root', async () => {
    const bytes = Buffer.from('{"forged":true}')
    const verdict = await judged(async (client) => {
      const given = [bytes, leafHash(bytes)]
      await client.query(`update audit_entry set bytes = $1, leaf_hash = $2 where seq = ${seqAt(217)}`, given)
      await client.query(`update audit_leaf set leaf_hash = $1 where index = 217`, [leafHash(bytes)])
    })
    expect(verdict).toMatchObject({ ok: false, problem: { code: 'tree_differs' } })
    const range = verdict.ok ? null : verdict.problem.range
    expect(range?.from).toBeLessThanOrEqual(217)
    expect(range?.to).toBeGreaterThanOrEqual(217)
  })

  it('A1 an entry that was deleted, with or without its place in the log, is named', async () => {
    const entry = await judged((client) => client.query(`delete from audit_entry where seq = ${seqAt(300)}`))
    expect(entry).toMatchObject({ ok: false, problem: { entry: 300 } })
    const place = await judged((client) => client.query('delete from audit_leaf where index = 300'))
    expect(place).toMatchObject({ ok: false, problem: { code: 'entry_out_of_order', entry: 300 } })
    const closed = await judged(async (client) => {
      await client.query('delete from audit_leaf where index = 300')
      for (let at = 301; at < size; at += 1)
        await client.query('update audit_leaf set index = $1 where index = $2', [at - 1, at])
    })
    expect(closed.ok).toBe(false)
  })

  it('A1 an entry that was slipped in is found', async () => {
    const bytes = Buffer.from('{"slipped":"in"}')
    const verdict = await judged(async (client) => {
      const { rows } = await client.query<{ seq: string }>(
        `insert into audit_entry (tenant_id, id, at, event, actor, subject, bytes, leaf_hash)
         values ('${testTenant}', gen_random_uuid(), now(), 'refused', 'nobody', 'x', $1, $2) returning seq`,
        [bytes, leafHash(bytes)],
      )
      for (let at = size - 1; at >= 400; at -= 1)
        await client.query('update audit_leaf set index = $1 where index = $2', [at + 1, at])
      await client.query(
        `insert into audit_leaf (tenant_id, index, seq, leaf_hash) values ('${testTenant}', 400, $1, $2)`,
        [rows[0]?.seq, leafHash(bytes)],
      )
    })
    expect(verdict).toMatchObject({ ok: false, problem: { code: 'tree_differs' } })
  })

  it('A1 two entries that changed places are found', async () => {
    const verdict = await judged((client) =>
      client.query(
        `update audit_leaf l set seq = -o.seq, leaf_hash = o.leaf_hash from audit_leaf o
           where (l.index, o.index) in ((100, 101), (101, 100));
         update audit_leaf set seq = -seq where seq < 0`,
      ),
    )
    expect(verdict).toMatchObject({ ok: false, problem: { code: 'tree_differs' } })
  })

  it('A1 checkpoints that were signed by somebody else, or belong to another tree, are found', async () => {
    const other = await judged((client) =>
      client.query(
        `update audit_checkpoint set note = (select note from audit_checkpoint order by size limit 1)
         where size = ${size}`,
      ),
    )
    expect(other).toMatchObject({ ok: false, problem: { code: 'checkpoint_misplaced' } })
    const cut = await judged((client) =>
      client.query(`update audit_checkpoint set note = overlay(note placing 'AAAA' from length(note) - 40)`),
    )
    expect(cut).toMatchObject({ ok: false, problem: { code: 'signature_wrong' } })
  })

  it('A1 a history that was cut off verifies by itself, and not against a checkpoint kept elsewhere', async () => {
    const shorter = Number(
      (await tampered(async () => undefined)).toString().match(/checkpoint "[^\\]+\\n(\d+)/)?.[1],
    )
    const file = await tampered(async (client) => {
      await client.query(
        `delete from audit_entry where seq in (select seq from audit_leaf where index >= ${shorter})`,
      )
      await client.query(`delete from audit_leaf where index >= ${shorter}`)
      await client.query(`delete from audit_checkpoint where size > ${shorter}`)
    })
    expect(verifyFile(file, { pinned })).toMatchObject({ ok: true, size: shorter })
    expect(verifyFile(file, { pinned, saved })).toMatchObject({
      ok: false,
      problem: { code: 'saved_longer', range: { from: shorter, to: size - 1 } },
    })
  })

  it('A1 a database that was rewritten from the first entry on is told by the key, and by a kept checkpoint even with the key', async () => {
    const forged = await testApp()
    try {
      await write(forged.app, size + 50, testTenant, 1_000)
      await sealAll(forged)
      const byAnother = await takeExport(forged.app)
      expect(verifyFile(byAnother, { pinned })).toMatchObject({ ok: false, problem: { code: 'not_vouched' } })
    } finally {
      await forged.close()
    }
    const withKey = await testApp()
    try {
      await write(withKey.app, size + 50, testTenant, 1_000)
      await sealAll(withKey, keys.source)
      const file = await takeExport(withKey.app)
      expect(verifyFile(file, { pinned })).toMatchObject({ ok: true })
      expect(verifyFile(file, { pinned, saved })).toMatchObject({
        ok: false,
        problem: { code: 'saved_differs' },
      })
    } finally {
      await withKey.close()
    }
  })

  it('A1 an entry that was changed before it was sealed stops the sealing and is named, and what came before is sealed', async () => {
    await write(world.app, 3)
    const changed = await asOwnerOfAll(world.ownerUrl, async (client) => {
      const { rows } = await client.query<{ seq: string; bytes: Buffer }>(
        `select e.seq, e.bytes from audit_unsealed u join audit_entry e using (seq)
         where u.tenant_id = '${testTenant}' order by seq offset 1 limit 1`,
      )
      const [row] = rows
      await client.query(`update audit_entry set bytes = 'forged' where seq = $1`, [row?.seq])
      return row
    })
    const sealer = sealerOf(world.app, keys.source)
    await sealer.turn()
    await sealer.turn()
    expect(sealer.problems()).toEqual([
      expect.stringContaining(`audit entry ${changed?.seq} of ${testTenant} is not what was written`),
    ])
    const { readSealingLag } = await import('../../src/storage/log.repository.ts')
    expect(await readSealingLag(world.app.store)).toMatchObject({
      waiting: 2,
      damaged: { tenantId: testTenant, seq: Number(changed?.seq) },
    })
    await asOwnerOfAll(world.ownerUrl, (client) =>
      client.query('update audit_entry set bytes = $2 where seq = $1', [changed?.seq, changed?.bytes]),
    )
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    expect(verifyFile(await takeExport(world.app), { pinned, saved })).toMatchObject({
      ok: true,
      size: size + 3,
    })
  })

  it('A1 what is continued is held to the last signature: nobody has a history of their own signed', async () => {
    const head = (client: pg.Client, set: string) =>
      client.query(`update audit_checkpoint set ${set} where size = (select max(size) from audit_checkpoint)`)
    await write(world.app, 1)
    for (const forged of [
      `root = decode(repeat('00', 32), 'hex')`,
      `frontier = overlay(frontier placing decode(repeat('00', 32), 'hex') from 1)`,
      `note = replace(note, 'suture.test', 'suture.text')`,
      `note = overlay(note placing 'AAAA' from length(note) - 40)`,
    ]) {
      await asOwnerOfAll(world.ownerUrl, async (client) => {
        await client.query('create table kept as table audit_checkpoint')
        await head(client, forged)
        const sealer = sealerOf(world.app, keys.source)
        await sealer.turn()
        expect(sealer.problems(), forged).toEqual([
          expect.stringContaining('is not what this key has signed'),
        ])
        await client.query('delete from audit_checkpoint')
        await client.query('insert into audit_checkpoint table kept')
        await client.query('drop table kept')
      })
    }
    const sealer = sealerOf(world.app, keys.source)
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    // Whoever seals remembers how long the log was.
    await asOwnerOfAll(world.ownerUrl, (client) =>
      client.query('delete from audit_checkpoint where size = (select max(size) from audit_checkpoint)'),
    )
    await write(world.app, 1)
    await sealer.turn()
    expect(sealer.problems()).toEqual([expect.stringContaining('somebody has cut it off')])
  })
})
