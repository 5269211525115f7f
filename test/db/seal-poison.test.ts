import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { takeExport, verifyFile, vkeysOf } from './seal-verify.ts'
import { asOwnerOfAll, keysInHand, sealerOf, write } from './seal-world.ts'

/** Suture's role may add rows to the database; by hand it could add what no export can hold. */
describe('an entry that no export can hold', () => {
  let world: TestApp
  const keys = keysInHand()
  beforeAll(async () => {
    world = await testApp()
  })
  afterAll(() => world.close())

  it.each<[string, Buffer]>([
    ['of no bytes', Buffer.alloc(0)],
    ['with a line feed', Buffer.from('{\n}')],
    ['of more bytes than any', Buffer.alloc(65_536, 'x')],
  ])(
    'A1 %s is not sealed, and once it is taken out the log goes on and every export holds',
    async (_, bytes) => {
      const sealer = sealerOf(world.app, keys.source)
      await write(world.app, 3)
      const seq = await inTenant(world.app.store, testTenant, async ({ db }) => {
        const { rows } = await sql<{ seq: number }>`with entered as (
          insert into audit_entry (tenant_id, id, at, event, actor, subject, bytes, leaf_hash)
          values (${testTenant}, gen_random_uuid(), now(), 'refused', 'a', 's', ${bytes}, sha256('\\x00'::bytea || ${bytes}))
          returning seq, tenant_id)
        insert into audit_unsealed (seq, tenant_id) select seq, tenant_id from entered returning seq`.execute(
          db,
        )
        return rows[0]?.seq
      })
      await write(world.app, 2)
      await sealer.turn()
      await sealer.turn()
      expect(sealer.problems()).toHaveLength(1)
      expect(sealer.problems()[0]).toContain(`audit entry ${seq} of ${testTenant} is not what was written`)
      const before = verifyFile(await takeExport(world.app), { pinned: await vkeysOf(world.app) })
      expect(before).toMatchObject({ ok: true })
      await asOwnerOfAll(world.ownerUrl, async (client) => {
        await client.query('delete from audit_unsealed where seq = $1', [seq])
        await client.query('delete from audit_entry where seq = $1', [seq])
      })
      await sealer.turn()
      expect(sealer.problems()).toEqual([])
      const after = verifyFile(await takeExport(world.app), { pinned: await vkeysOf(world.app) })
      expect(after).toMatchObject({ ok: true })
      if (before.ok && after.ok) expect(after.size).toBe(before.size + 2)
    },
  )
})
