import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/app/identity/keys.ts'
import type { Scope } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { type Answer, type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

/** What somebody tries who holds a little, and wants more. */

let t: TestHttp
beforeAll(async () => {
  t = await testHttp({ lab: false })
})
afterAll(() => t.close())

const keyOf = async (person: string, scopes: readonly Scope[], expiresInDays?: number): Promise<string> => {
  const admin = await t.caller('Root', ['admin'])
  const key = await createKey(t.app, admin, { name: 'given', scopes, personId: person, expiresInDays })
  if (isRejection(key)) throw new Error(key.detail)
  return key.key
}

const signIn = async (key: string): Promise<SignedIn> => {
  const began = await t.ask('POST', '/v1/session', { body: { key } })
  const cookie = (began.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  const me = await t.ask('GET', '/v1/me', { headers: { cookie } })
  return { cookie, csrf: (me.json as { csrfToken: string }).csrfToken }
}

const makeKey = (as: SignedIn | string, body: object): Promise<Answer> =>
  t.ask('POST', '/v1/keys', { as, body: { name: 'made', ...body } })

const disable = async (personId: string): Promise<void> => {
  const as = await keyOf('person_root', ['read', 'admin'])
  expect(await t.ask('POST', `/v1/people/${personId}/disable`, { as, body: {} })).toMatchObject({
    status: 200,
    json: { id: personId, disabledAt: expect.any(String) as unknown },
  })
}

describe('a narrow key', () => {
  it('H2 signed in to the console, makes no key that is wider than itself', async () => {
    await t.caller('Mallory', ['admin'])
    const session = await signIn(await keyOf('person_mallory', ['read']))
    for (const scopes of [['admin'], ['read', 'approve'], ['respond']] as const)
      expect(await makeKey(session, { scopes }), scopes.join()).toMatchObject({ status: 403 })
    expect(await makeKey(session, { scopes: ['read'] })).toMatchObject({ status: 201 })
  })

  it('H2 with the scope admin alone, gives neither itself nor others what it lacks', async () => {
    const key = await keyOf('person_mallory', ['read', 'admin'])
    await t.caller('Bea', ['approver'])
    for (const personId of ['person_mallory', 'person_bea'])
      expect(await makeKey(key, { personId, scopes: ['approve'] })).toMatchObject({ status: 403 })
    expect(await makeKey(key, { personId: 'person_bea', scopes: ['read'] })).toMatchObject({ status: 201 })
  })

  it('H2 that ends tomorrow makes itself none that ends later, by the console neither', async () => {
    const key = await keyOf('person_mallory', ['read', 'admin'], 1)
    const ends = (answer: Answer) => Date.parse((answer.json as { expiresAt: string }).expiresAt)
    const tomorrow = Date.now() + 24 * 3_600_000
    for (const as of [key, await signIn(key)])
      for (const wish of [{}, { expiresInDays: 365 }]) {
        const made = await makeKey(as, { scopes: ['read'], ...wish })
        expect(made.status).toBe(201)
        expect(ends(made)).toBeLessThanOrEqual(tomorrow)
      }
  })

  it('H2 reaches no route beyond its scopes, by the console neither', async () => {
    const key = await keyOf('person_mallory', ['read'])
    for (const as of [key, await signIn(key)])
      for (const [method, path, body] of [
        ['POST', '/v1/people/person_bea/disable', {}],
        ['POST', '/v1/people/person_bea/enable', {}],
        ['POST', '/v1/people', { id: 'eve', name: 'Eve', roles: ['admin'] }],
        ['PATCH', '/v1/governance', { mode: 'auto' }],
        ['POST', '/v1/proposals/prop-1/requests', undefined],
        ['POST', '/v1/runs/run-1/cancel', undefined],
        ['POST', '/v1/approvals/req-1/decisions', { decision: 'approve' }],
      ] as const)
        expect(await t.ask(method, path, { as, body }), `${method} ${path}`).toMatchObject({ status: 403 })
  })
})

describe('somebody who has left', () => {
  it('H2 opens nothing any more, with key or session, once they are disabled', async () => {
    await t.caller('Leaver', ['admin'])
    const key = await keyOf('person_leaver', ['read', 'admin'])
    const session = await signIn(key)
    await disable('person_leaver')
    expect(await t.ask('GET', '/v1/incidents', { as: key })).toMatchObject({ status: 401 })
    expect(await t.ask('GET', '/v1/incidents', { as: session })).toMatchObject({ status: 401 })
    expect(await t.ask('POST', '/v1/session', { body: { key } })).toMatchObject({ status: 401 })
  })
})

describe('the lab', () => {
  it('H9 leaves no session behind that opens anything once the lab is off', async () => {
    const lab = await testHttp()
    try {
      const dan = await lab.persona('person_dan')
      expect(await lab.ask('GET', '/v1/keys', { as: dan })).toMatchObject({ status: 200 })
      // The same rows, served by a process that was started without the lab.
      const outside = await testHttp({ lab: false, deps: { app: lab.app } })
      expect(await outside.ask('GET', '/v1/keys', { as: dan })).toMatchObject({ status: 401 })
      const me = await outside.ask('GET', '/v1/me', { headers: { cookie: dan.cookie } })
      expect(me.json).toMatchObject({ signedIn: false, lab: null })
      await outside.close()
    } finally {
      await lab.close()
    }
  })
})

describe('a session', () => {
  it('H9 is never one that the browser brought along: signing in makes a new one and ends the old', async () => {
    const key = await keyOf('person_mallory', ['read'])
    const planted = await signIn(key)
    const began = await t.ask('POST', '/v1/session', { body: { key }, headers: { cookie: planted.cookie } })
    const cookie = (began.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    expect(cookie).not.toBe(planted.cookie)
    expect(await t.ask('GET', '/v1/incidents', { as: planted })).toMatchObject({ status: 401 })
    expect(await t.ask('GET', '/v1/incidents', { headers: { cookie } })).toMatchObject({ status: 200 })
  })
})

describe('an Idempotency-Key', () => {
  it("H4 replays nothing of another person, another path or another tenant's rows", async () => {
    const idempotent = { 'idempotency-key': 'one-key-of-many' }
    await t.caller('Cid', ['responder'])
    const [mine, theirs] = [await keyOf('person_mallory', ['read']), await keyOf('person_cid', ['read'])]
    const click = (as: string, token: string) =>
      t.ask('POST', '/v1/clicks', { as, body: { token }, headers: idempotent })
    expect((await click(mine, 'a')).headers.get('idempotency-replayed')).toBeNull()
    expect((await click(mine, 'a')).headers.get('idempotency-replayed')).toBe('true')
    expect((await click(theirs, 'a')).headers.get('idempotency-replayed')).toBeNull()
    expect(await click(mine, 'b')).toMatchObject({ status: 422 })
    const elsewhere = await t.ask('POST', '/v1/clicks?x=1', {
      as: mine,
      body: { token: 'a' },
      headers: idempotent,
    })
    expect(elsewhere.status).toBe(422)
  })
})
