import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticateKey, noteKeyUse } from '../../src/app/identity/authenticate-key.ts'
import { createKey, revokeKey } from '../../src/app/identity/keys.ts'
import { createPerson } from '../../src/app/identity/people.ts'
import {
  authenticateSession,
  endSession,
  signInWithKey,
  startLabSession,
} from '../../src/app/identity/sessions.ts'
import { listKeys } from '../../src/app/read/keys.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

let t: TestApp
let ada: Caller
let dan: Caller
beforeAll(async () => {
  t = await testApp()
  ada = await t.caller('Ada', ['responder'])
  dan = await t.caller('Dan', ['admin'])
})
afterAll(() => t.close())

const made = async (caller: Caller, input: Parameters<typeof createKey>[2]) => {
  const key = await createKey(t.app, caller, input)
  if (isRejection(key)) throw new Error(key.detail)
  return key
}
const events = (subject: string) =>
  inTenant(t.app.store, testTenant, async (tx) =>
    (
      await tx.db
        .selectFrom('audit_entry')
        .select(['event', 'bytes'])
        .where('subject', '=', subject)
        .orderBy('seq')
        .execute()
    ).map((row) => ({
      event: row.event,
      text: row.bytes.toString('utf8'),
    })),
  )

describe('a key', () => {
  it('H2 is shown once, stored as a hash, and opens what its scopes say', async () => {
    const key = await made(ada, { name: 'laptop', scopes: ['read'] })
    expect(key.key).toMatch(/^sut_lab_[0-9a-f]{12}_[\w-]{43}$/)
    const secret = key.key.split('_').slice(3).join('_')
    const client = new pg.Client({ connectionString: t.ownerUrl })
    await client.connect()
    await client.query(`set suture.tenant = '${testTenant}'`)
    const { rows } = await client.query<{ text: string }>('select api_key::text as text from api_key')
    await client.end()
    expect(rows.map((row) => row.text).join()).not.toContain(secret)
    const holder = await authenticateKey(t.app, key.key)
    expect(holder?.caller).toMatchObject({
      tenantId: testTenant,
      via: 'key',
      scopes: ['read'],
      person: { id: 'person_ada' },
    })
    const listed = await listKeys(t.app, ada, { limit: 50 })
    expect(JSON.stringify(listed)).not.toContain(secret)
    const entries = await events(key.id)
    expect(entries.map((entry) => entry.event)).toEqual(['key_created'])
    expect(entries[0]?.text).not.toContain(secret)
  })

  it('H2 with one character changed opens nothing', async () => {
    const { key } = await made(ada, { name: 'exact', scopes: ['read'] })
    for (let at = 0; at < key.length; at += 1) {
      const other = key[at] === 'a' ? 'b' : 'a'
      expect(
        await authenticateKey(t.app, key.slice(0, at) + other + key.slice(at + 1)),
        `at ${at}`,
      ).toBeNull()
    }
  })

  it('H2 stops opening the moment it is revoked, and its sessions with it', async () => {
    const key = await made(ada, { name: 'lost', scopes: ['read', 'respond'] })
    const session = await signInWithKey(t.app, key.key)
    if (isRejection(session)) throw new Error(session.detail)
    expect((await authenticateSession(t.app, session.token, { lab: true }))?.caller.scopes).toEqual([
      'read',
      'respond',
    ])
    expect(await revokeKey(t.app, ada, key.id)).toEqual({ id: key.id })
    expect(await revokeKey(t.app, ada, key.id)).toEqual({ id: key.id })
    expect(await authenticateKey(t.app, key.key)).toBeNull()
    expect(await authenticateSession(t.app, session.token, { lab: true })).toBeNull()
    expect(await signInWithKey(t.app, key.key)).toMatchObject({ code: 'unauthenticated' })
    expect((await events(key.id)).map((entry) => entry.event)).toEqual(['key_created', 'key_revoked'])
  })

  it('H2 expires by PostgreSQL’s clock', async () => {
    const key = await made(ada, { name: 'short', scopes: ['read'], expiresInDays: 1 })
    expect(await authenticateKey(t.app, key.key)).not.toBeNull()
    t.shift(24 * 3_600_000 - 5_000)
    expect(await authenticateKey(t.app, key.key)).not.toBeNull()
    t.shift(6_000)
    expect(await authenticateKey(t.app, key.key)).toBeNull()
    t.shift(-24 * 3_600_000 - 1_000)
  })

  it('H2 never carries more than its person’s roles, now or later', async () => {
    expect(await createKey(t.app, ada, { name: 'too much', scopes: ['read', 'admin'] })).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('admin') as string,
    })
    const eve = await t.caller('Eve', ['admin'])
    const key = await made(eve, { name: 'admin', scopes: ['read', 'admin'] })
    expect((await authenticateKey(t.app, key.key))?.caller.scopes).toEqual(['read', 'admin'])
    await t.caller('Eve', ['viewer'])
    expect((await authenticateKey(t.app, key.key))?.caller.scopes).toEqual(['read'])
  })

  it('H2 cannot make itself a successor, nor act for somebody else', async () => {
    const key = await made(ada, { name: 'agent', scopes: ['read', 'respond'] })
    const byKey = (await authenticateKey(t.app, key.key))?.caller
    if (byKey === undefined) throw new Error('the key must open')
    expect(await createKey(t.app, byKey, { name: 'next', scopes: ['read'] })).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await createKey(t.app, ada, { name: 'for dan', scopes: ['read'], personId: 'person_dan' }),
    ).toMatchObject({ code: 'forbidden' })
    const dans = await made(dan, { name: 'own', scopes: ['read'] })
    expect(await revokeKey(t.app, ada, dans.id)).toMatchObject({ code: 'not_found' })
    const page = await listKeys(t.app, ada, { limit: 200 })
    expect(isRejection(page) ? [] : page.items.filter((item) => item.person.id !== 'person_ada')).toEqual([])
    const all = await listKeys(t.app, dan, { limit: 200 })
    expect(isRejection(all) ? [] : new Set(all.items.map((item) => item.person.id)).size).toBeGreaterThan(1)
  })

  it('H2 of a service account is made by an admin and belongs to it', async () => {
    expect(
      await createPerson(t.app, ada, {
        id: 'deploy-bot',
        name: 'Deploy bot',
        kind: 'service_account',
        roles: ['responder'],
      }),
    ).toMatchObject({ code: 'forbidden' })
    await createPerson(t.app, dan, {
      id: 'deploy-bot',
      name: 'Deploy bot',
      kind: 'service_account',
      roles: ['responder'],
    })
    expect(
      await createPerson(t.app, dan, { id: 'deploy-bot', name: 'Again', kind: 'human', roles: [] }),
    ).toMatchObject({ code: 'conflict' })
    const key = await made(dan, { name: 'ci', scopes: ['read', 'respond'], personId: 'deploy-bot' })
    expect((await authenticateKey(t.app, key.key))?.caller.person).toMatchObject({
      id: 'deploy-bot',
      kind: 'service_account',
    })
  })

  it('H2 notes its last use at most once a minute', async () => {
    const key = await made(ada, { name: 'busy', scopes: ['read'] })
    const used = async () => {
      const page = await listKeys(t.app, ada, { limit: 200 })
      return isRejection(page) ? null : page.items.find((item) => item.id === key.id)?.lastUsedAt
    }
    expect((await authenticateKey(t.app, key.key))?.useIsOld).toBe(true)
    await noteKeyUse(t.app, testTenant, key.id)
    const first = await used()
    expect(first).not.toBeNull()
    expect((await authenticateKey(t.app, key.key))?.useIsOld).toBe(false)
    await Promise.all(Array.from({ length: 10 }, () => noteKeyUse(t.app, testTenant, key.id)))
    expect(await used()).toBe(first)
    t.shift(61_000)
    expect((await authenticateKey(t.app, key.key))?.useIsOld).toBe(true)
    await noteKeyUse(t.app, testTenant, key.id)
    expect(await used()).not.toBe(first)
    t.shift(-61_000)
  })
})

describe('a session', () => {
  it('H9 ends after 12 hours, at sign-out, or when its person is disabled', async () => {
    const start = async () => {
      const session = await startLabSession(t.app, testTenant, 'person_ben')
      if (isRejection(session)) throw new Error(session.detail)
      return session
    }
    const one = await start()
    expect(await authenticateSession(t.app, one.token, { lab: true })).not.toBeNull()
    t.shift(12 * 3_600_000 + 1_000)
    expect(await authenticateSession(t.app, one.token, { lab: true })).toBeNull()
    t.shift(-12 * 3_600_000 - 1_000)
    const two = await start()
    await endSession(t.app, two.token)
    expect(await authenticateSession(t.app, two.token, { lab: true })).toBeNull()
    const three = await start()
    await inTenant(t.app.store, testTenant, (tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', 'person_ben').execute(),
    )
    expect(await authenticateSession(t.app, three.token, { lab: true })).toBeNull()
    expect(await startLabSession(t.app, testTenant, 'person_ben')).toMatchObject({ code: 'not_found' })
  })

  it('H9 is stored as a hash, and no part of its token can be exchanged', async () => {
    const key = await made(ada, { name: 'narrow', scopes: ['read'] })
    const session = await signInWithKey(t.app, key.key)
    if (isRejection(session)) throw new Error(session.detail)
    const [tenant = '', origin = '', secret = ''] = session.token.split('.')
    expect([tenant, origin]).toEqual([testTenant, key.id])
    expect(await authenticateSession(t.app, `${tenant}.lab.${secret}`, { lab: true })).toBeNull()
    expect(await authenticateSession(t.app, `other.${origin}.${secret}`, { lab: true })).toBeNull()
    const rows = await inTenant(t.app.store, testTenant, (tx) =>
      tx.db.selectFrom('session').select('id_hash').execute(),
    )
    expect(rows.map((row) => row.id_hash.toString('base64url')).join()).not.toContain(secret)
  })
})
