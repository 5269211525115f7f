import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJsonLinesSink } from '../../adapters/siem/json-lines.ts'
import { feedSiem } from '../../src/app/audit/siem-feed.ts'
import { RefusedEntry } from '../../src/domain/siem/refused-entry.ts'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { readCheckpoint } from '../../src/storage/log.repository.ts'
import { readSiemLag } from '../../src/storage/siem.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { keysInHand, sealAll, write } from './seal-world.ts'
import { feedAll, feedOf, firstOf, linesOf } from './siem-world.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

describe('what a SIEM is not made for', () => {
  let world: TestApp
  const keys = keysInHand()
  const folder = mkdtempSync(join(tmpdir(), 'suture-siem-odd-'))
  const seal = () => sealAll(world, keys.source)
  beforeAll(async () => {
    world = await testApp()
    await write(world.app, 10)
    await seal()
  })
  afterAll(async () => {
    await world.close()
    rmSync(folder, { recursive: true })
  })

  it('A3 a receiver that refuses the very word of its refusals does not make the history grow for ever', async () => {
    const feed = feedOf(
      async (records) => {
        if (records.some(({ index, event }) => index === 3 || event === 'siem_entry_refused'))
          if (!records.every(({ event }) => event === 'audit_entry_withheld'))
            throw new RefusedEntry('it answered 422')
      },
      { name: 'deaf to itself' },
    )
    const words = () =>
      inTenant(world.app.store, testTenant, async (tx) =>
        Number(
          (
            await tx.db
              .selectFrom('audit_entry')
              .select((of) => of.fn.countAll().as('times'))
              .where('event', '=', 'siem_entry_refused')
              .executeTakeFirstOrThrow()
          ).times,
        ),
      )
    const before = await words()
    for (let tries = 0; tries < 60; tries += 1) {
      await feedSiem(world.app, feed)
      await seal()
      world.shift(300_001)
    }
    expect(await words()).toBe(before + 1)
    expect((await readSiemLag(world.app.store, feed.name)).waiting).toBe(0)
  })

  it('A3 what somebody has written into the database past Suture is told as that, and holds nothing up, nobody else either', async () => {
    await ensureTenant(world.ownerUrl, 'zebra', 'Behind')
    const odd = [
      'no json',
      '5',
      JSON.stringify({ id: 'x', at: 'never', event: 'refused', actor: 'a', subject: 's', details: {} }),
      JSON.stringify({
        id: 'x',
        at: '2026-11-23T04:00:00Z',
        event: 'refused',
        actor: 7,
        subject: 's',
        details: {},
      }),
      `{"details":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ]
    const first = await inTenant(
      world.app.store,
      testTenant,
      async (tx) => (await readCheckpoint(tx))?.size ?? 0,
    )
    // As the role that Suture works as: it may add, and the sealer seals whatever makes its own hash.
    await inTenant(world.app.store, testTenant, async ({ db }) => {
      for (const text of odd)
        await sql`with entered as (
          insert into audit_entry (tenant_id, id, at, event, actor, subject, bytes, leaf_hash)
          values (${testTenant}, gen_random_uuid(), now(), 'refused', 'a', 's', convert_to(${text}, 'UTF8'),
            sha256('\\x00'::bytea || convert_to(${text}, 'UTF8'))) returning seq, tenant_id)
          insert into audit_unsealed (seq, tenant_id) select seq, tenant_id from entered`.execute(db)
    })
    await write(world.app, 1)
    await write(world.app, 1, 'zebra')
    await seal()
    const path = join(folder, 'odd.jsonl')
    await feedAll(world, feedOf(createJsonLinesSink(path), { name: 'odd' }))
    const told = linesOf(readFileSync(path, 'utf8'))
    expect(firstOf(told)).toEqual(upTo(first + odd.length + 1))
    expect(firstOf(told, 'zebra').length).toBeGreaterThan(0)
    expect(
      told
        .filter(({ message }) => message.includes('is none that Suture writes'))
        .map(({ metadata }) => metadata.sequence),
    ).toEqual(odd.map((_, at) => first + at))
  })
})
