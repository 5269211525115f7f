import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { takeExport, verifyFile, vkeysOf } from './seal-verify.ts'
import { aSigner, keysInHand, sealerOf, write } from './seal-world.ts'

describe('keys of the log', () => {
  let world: TestApp
  beforeAll(async () => {
    world = await testApp()
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await write(world.app, 3, 'other')
  })
  afterAll(() => world.close())

  const eventsOfKeys = (tenantId: string) =>
    inTenant(world.app.store, tenantId, (tx) =>
      tx.db.selectFrom('audit_entry').select('seq').where('event', '=', 'audit_key_rotated').execute(),
    )

  it('A1 a new key is introduced under the old one, signs beside it once and alone from then on, in every log', async () => {
    const keys = keysInHand()
    const sealer = sealerOf(world.app, keys.source)
    await sealer.turn()
    const [first = ''] = await vkeysOf(world.app)
    const second = aSigner()
    keys.set({ next: second })
    await write(world.app, 5)
    await sealer.turn()
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    // Every log has changed, those too in which nothing else happened.
    for (const tenantId of [testTenant, 'other']) expect(await eventsOfKeys(tenantId)).toHaveLength(1)
    expect(keys.get()).toMatchObject({ current: second, next: null })
    await write(world.app, 5)
    await sealer.turn()
    const vkeys = await vkeysOf(world.app)
    expect(vkeys).toHaveLength(2)
    expect(vkeys[0]).toBe(first)
    const file = await takeExport(world.app)
    // Whoever pinned the old key trusts the new one by what the old one has signed.
    expect(verifyFile(file, { pinned: [first] })).toMatchObject({
      ok: true,
      trust: { kind: 'introduced', vkey: vkeys[1], introducer: first },
    })
    expect(verifyFile(file, { pinned: [vkeys[1] ?? ''] })).toMatchObject({
      ok: true,
      trust: { kind: 'pinned' },
    })
    const signatures = (size: number | null) =>
      inTenant(world.app.store, testTenant, async (tx) => {
        const rows = await tx.db.selectFrom('audit_checkpoint').select('note').orderBy('size').execute()
        return (rows.at(size ?? -1)?.note.split('\n\n')[1] ?? '').trim().split('\n').length
      })
    expect(await signatures(-1)).toBe(1)
    expect(await signatures(-2)).toBe(2)

    // A key of somebody else signs nothing, and says what is expected.
    keys.set({ current: aSigner() })
    await write(world.app, 1)
    await sealer.turn()
    // Of each log, whether there is something to seal or not.
    expect(sealer.problems()).toHaveLength(2)
    expect(sealer.problems()[0]).toContain(
      `was last signed by ${vkeys[1]}. Put that key there, or set SUTURE_AUDIT_KEY`,
    )
    keys.set({ current: null })
    await sealer.turn()
    for (const problem of sealer.problems())
      expect(problem).toContain('if it is lost: suture audit rotate-key')

    // Lost, and replaced on purpose: the log goes on, and whoever pinned what is lost is told.
    keys.set({ next: aSigner() })
    await sealer.turn()
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    const after = await takeExport(world.app)
    const [, , third = ''] = await vkeysOf(world.app)
    expect(verifyFile(after, { pinned: [first] })).toMatchObject({
      ok: false,
      problem: { code: 'not_vouched' },
    })
    expect(verifyFile(after, { pinned: [third] })).toMatchObject({ ok: true })
  })
})
