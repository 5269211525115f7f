import { Kysely, PostgresDialect, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { up } from '../../migrations/0022-handed-over.ts'
import { expireFreeze } from '../../src/app/freeze/expire-freeze.ts'
import { liftFreeze } from '../../src/app/freeze/lift-freeze.ts'
import { setFreeze } from '../../src/app/freeze/set-freeze.ts'
import { sweepOnce } from '../../src/app/sweep.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { ownerPool } from '../support/owner-pool.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000

describe('a freeze whose time has come', () => {
  let world: CoreWorld
  let olga: Caller
  beforeAll(async () => {
    world = await coreWorld()
    olga = await world.caller('Olga', ['override'])
  })
  afterAll(() => world.close())

  const frozen = async (what: string): Promise<string> => {
    const set = await setFreeze(world.app, olga, { what, until: '10m', reason: 'the fair' })
    if (isRejection(set)) throw new Error(set.detail)
    return set.id
  }
  const noticesOf = (incidentId: string) =>
    world.read(async (tx) =>
      (
        await tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('id', 'like', '%/notice/thawed-%')
          .execute()
      ).map(({ body }) => plainText(body)),
    )
  const buttonsOf = (incidentId: string, key: string) =>
    world.read(async (tx) => {
      const { body } = await tx.db
        .selectFrom('card')
        .select('body')
        .where('incident_id', '=', incidentId)
        .where('id', 'like', `%/notice/${key}-%`)
        .executeTakeFirstOrThrow()
      return body.blocks.filter(({ kind }) => kind === 'actions').length
    })
  const end = (id: string) => expireFreeze(world.app, testTenant, id)
  const rungFor = (id: string) =>
    world.rings.filter(({ kind, key }) => kind === 'freeze' && key === id).length

  it('G2 is told once where it was announced, resolved meanwhile or not, and audited once', async () => {
    const { name } = world.take()
    const { name: aside } = world.take()
    const open = await world.fire(name)
    const elsewhere = await world.fire(aside)
    const id = await frozen(name)
    await end(id)
    expect(await noticesOf(open)).toEqual([])
    expect(await buttonsOf(open, 'frozen')).toBe(1)
    await world.resolve(name)
    await sweepOnce(world.app)
    expect(rungFor(id)).toBe(0)
    world.shift(10 * minute)
    await sweepOnce(world.app)
    expect(rungFor(id)).toBe(1)
    await Promise.all([end(id), end(id), end(id)])
    const [notice = '', ...more] = await noticesOf(open)
    expect(more).toEqual([])
    expect(notice).toContain(`No longer frozen: ${name}`)
    expect(notice).toContain(`The time of ${id} is up. What it refused can be requested again.`)
    expect(await noticesOf(elsewhere)).toEqual([])
    expect(await buttonsOf(open, 'frozen')).toBe(0)
    expect(await world.eventsOf(id)).toEqual(['freeze_set', 'freeze_ended'])
    expect(await liftFreeze(world.app, olga, id)).toMatchObject({
      code: 'already_decided',
      detail: expect.stringContaining('its time has passed') as string,
    })
    world.shift(world.app.limits.ringAgainMs)
    await sweepOnce(world.app)
    expect(rungFor(id)).toBe(1)
  })

  it('G2 one that was lifted before its end ends no second time', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    const id = await frozen(name)
    await liftFreeze(world.app, olga, id)
    world.shift(10 * minute)
    await sweepOnce(world.app)
    expect(rungFor(id)).toBe(0)
    await end(id)
    await end('frz-0')
    expect(await world.eventsOf(id)).toEqual(['freeze_set', 'freeze_lifted'])
    expect((await noticesOf(incidentId)).length).toBe(1)
  })

  it('G2 lifted at the very moment: one of the two ends it, and it is told once', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    const id = await frozen(name)
    world.shift(10 * minute)
    const [lifted] = await Promise.all([liftFreeze(world.app, olga, id), end(id)])
    expect(isRejection(lifted)).toBe(true)
    expect((await world.eventsOf(id)).filter((event) => event !== 'refused')).toEqual([
      'freeze_set',
      'freeze_ended',
    ])
    expect((await noticesOf(incidentId)).length).toBe(1)
  })

  it('G2 those that stood before the upgrade are rung for at their end, and no others', async () => {
    const db = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: ownerPool(world.ownerUrl, 1) }),
    })
    try {
      await sql`alter table approval_request drop column handed_over_at`.execute(db)
      await sql`alter table "freeze" drop constraint freeze_check1`.execute(db)
      await sql`alter table "freeze" add check ((ended_by is null) = (ended_at is null)) not valid`.execute(
        db,
      )
      for (const [id, endsAt, endedAt] of [
        ['old-1', '2099-01-01T00:00:00Z', null],
        ['old-2', '2099-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
        ['old-3', '2026-01-02T00:00:00Z', null],
      ])
        await sql`insert into "freeze" (tenant_id, id, what, begins_at, ends_at, set_by, created_at, ended_by, ended_at)
          values (${testTenant}, ${id}, 'everything', '2026-01-01T00:00:00Z', ${endsAt}::timestamptz, ${olga.person.id},
            '2026-01-01T00:00:00Z', ${endedAt === null ? null : olga.person.id}, ${endedAt}::timestamptz)`.execute(
          db,
        )
      await up(db)
      const rung = await sql<{ key: string; due: string }>`
        select key, due_at at time zone 'utc' || '' as due from outbox where kind = 'freeze' and key like 'old-%'`.execute(
        db,
      )
      expect(rung.rows).toEqual([{ key: 'old-1', due: '2099-01-01 00:00:00' }])
    } finally {
      await db.destroy()
    }
  })
})
