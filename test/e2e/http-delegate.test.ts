import { afterAll, beforeAll, expect, it } from 'vitest'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { comeBack } from '../../src/app/delegation/end-delegation.ts'
import { setDelegation } from '../../src/app/delegation/set-delegation.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { writeAlerts } from '../../src/app/ingest/write-alerts.ts'
import type { Caller, Scope } from '../../src/domain/person.ts'
import { isRejection, type Rejection } from '../../src/domain/rejection.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

/** Whoever stands in for somebody, by HTTP: a session has the person's right to vote, a key what it was made for. */

let t: TestHttp
let ada: Caller
let chloe: Caller
let vera: Caller
let rick: Caller
beforeAll(async () => {
  t = await testHttp()
  ada = await t.caller('Ada', ['responder'])
  chloe = await t.caller('Chloe', ['approver'])
  vera = await t.caller('Vera', ['viewer'])
  rick = await t.caller('Rick', ['responder'])
})
afterAll(() => t.close())

const good = <T>(value: T | Rejection): T => {
  if (isRejection(value)) throw new Error(value.detail)
  return value
}
const keyOf = async (caller: Caller, scopes: Scope[]): Promise<string> =>
  good(await createKey(t.app, caller, { name: scopes.join(), scopes })).key
const sessionOf = async (key: string): Promise<SignedIn> => {
  const began = await t.ask('POST', '/v1/session', { body: { key } })
  const cookie = (began.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  const me = await t.ask('GET', '/v1/me', { headers: { cookie } })
  return { cookie, csrf: (me.json as { csrfToken: string }).csrfToken }
}
const leaves = async (to: Caller) =>
  good(await setDelegation(t.app, chloe, { to: to.person.id, until: '2h' }))
const isBack = () => comeBack(t.app, chloe)
const approve = (as: SignedIn | string, requestId: string) =>
  t.ask('POST', `/v1/approvals/${requestId}/decisions`, { as, body: { decision: 'approve' } })
const scopesOf = async (as: SignedIn | string) =>
  ((await t.ask('GET', '/v1/me', { as })).json as { scopes: Scope[] }).scopes

let fired = 0
/** Ada asks; somebody else has to approve. */
const waiting = async (): Promise<string> => {
  fired += 1
  // The same again within ten minutes is a duplicate.
  t.shift(11 * 60_000)
  const alert = anAlert({ title: `HighErrorRate${fired}`, service: 'checkout' })
  const [receipt] = await writeAlerts(t.app, [
    { tenantId: testTenant, source: 'alertmanager', alerts: [alert], keptAside: [] },
  ])
  const incidentId = receipt?.incidents[0] ?? ''
  await healIncident(t.app, testTenant, incidentId)
  const { id } = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db
      .selectFrom('proposal')
      .select('id')
      .where('incident_id', '=', incidentId)
      .where('withdrawn_at', 'is', null)
      .orderBy('rank')
      .executeTakeFirstOrThrow(),
  )
  return good(await requestRun(t.app, ada, id)).requestId ?? ''
}

it('G8 H9 a session of a viewer votes while they stand in for somebody, and takes it back; their key never does', async () => {
  const requestId = await waiting()
  const key = await keyOf(vera, ['read'])
  const session = await sessionOf(key)
  const before = await approve(session, requestId)
  expect([before.status, before.json]).toMatchObject([403, { code: 'forbidden' }])
  expect(await scopesOf(session)).toEqual(['read'])

  await leaves(vera)
  expect((await t.ask('GET', '/v1/me', { as: session })).json).toMatchObject({
    scopes: ['read', 'approve'],
    standsInFor: [{ id: 'person_chloe', name: 'Chloe (approver)', roles: ['approver'] }],
  })
  expect([await scopesOf(key), (await approve(key, requestId)).status]).toEqual([['read'], 403])
  const voted = await approve(session, requestId)
  expect([voted.status, voted.json]).toMatchObject([200, { status: 'approved' }])
  const revoked = await t.ask('POST', `/v1/approvals/${requestId}/revocations`, {
    as: session,
    body: { reason: 'too soon' },
  })
  expect([revoked.status, revoked.json]).toMatchObject([200, { status: 'canceled' }])

  await isBack()
  expect(await scopesOf(session)).toEqual(['read'])
  expect((await approve(session, requestId)).status).toBe(403)
})

it('G8 H9 a session that a narrowed key began has no more than that key; one of a whole key votes', async () => {
  await leaves(rick)
  const requestId = await waiting()
  const narrow = await sessionOf(await keyOf(rick, ['read', 'respond']))
  expect([await scopesOf(narrow), (await approve(narrow, requestId)).status]).toEqual([
    ['read', 'respond'],
    403,
  ])
  const whole = await sessionOf(await keyOf(rick, ['read', 'respond', 'approve']))
  expect((await approve(whole, requestId)).json).toMatchObject({ status: 'approved' })
  await isBack()
})

it('G8 H9 standing in gives a vote, not the role: no other word that takes an approver, and no wider key', async () => {
  await leaves(vera)
  const session = await sessionOf(await keyOf(vera, ['read']))
  const review = await t.ask('POST', '/v1/break-glass/bg-1/review', { as: session, body: { note: 'fine' } })
  expect([review.status, review.json]).toMatchObject([403, { code: 'forbidden' }])
  const key = await t.ask('POST', '/v1/keys', { as: session, body: { name: 'wide', scopes: ['approve'] } })
  expect([key.status, key.json]).toMatchObject([403, { code: 'forbidden' }])
  await isBack()
})
