import { afterAll, beforeAll, expect, it } from 'vitest'
import { authenticateKey } from '../../src/app/identity/authenticate-key.ts'
import { disablePerson, enablePerson } from '../../src/app/identity/disable-person.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { authenticateSession, signInWithKey } from '../../src/app/identity/sessions.ts'
import { listPeople } from '../../src/app/read/people.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

let t: TestApp
let dan: Caller
beforeAll(async () => {
  t = await testApp()
  dan = await t.caller('Dan', ['admin'])
})
afterAll(() => t.close())

const taken = <T>(value: T): Exclude<T, { readonly rejected: true }> => {
  if (isRejection(value)) throw new Error(value.detail)
  return value as Exclude<T, { readonly rejected: true }>
}
const auditOf = (subject: string) =>
  inTenant(t.app.store, testTenant, async (tx) =>
    (
      await tx.db
        .selectFrom('audit_entry')
        .select(['event', 'bytes'])
        .where('subject', '=', subject)
        .orderBy('seq')
        .execute()
    ).map((row) => [row.event, (JSON.parse(row.bytes.toString()) as { details: unknown }).details]),
  )

it('H2 keys and sessions of somebody disabled stop at once; enabled again, only the keys come back', async () => {
  await t.caller('Ada', ['responder'])
  const { key } = taken(await createKey(t.app, dan, { name: 'a', scopes: ['read'], personId: 'person_ada' }))
  const { token } = taken(await signInWithKey(t.app, key))
  const opens = async () => [
    (await authenticateKey(t.app, key)) !== null,
    (await authenticateSession(t.app, token, { lab: false })) !== null,
  ]
  expect(await opens()).toEqual([true, true])
  const disabled = taken(await disablePerson(t.app, dan, 'person_ada'))
  expect(disabled).toMatchObject({
    id: 'person_ada',
    disabledAt: expect.stringMatching(/^\d{4}-/) as unknown,
  })
  expect(await opens()).toEqual([false, false])
  expect(taken(await enablePerson(t.app, dan, 'person_ada')).disabledAt).toBeNull()
  expect(await opens()).toEqual([true, false])
})

it('H2 doing it twice changes nothing and is in the history once', async () => {
  await t.caller('Bo', ['viewer'])
  const first = taken(await disablePerson(t.app, dan, 'person_bo'))
  expect(await disablePerson(t.app, dan, 'person_bo')).toEqual(first)
  await enablePerson(t.app, dan, 'person_bo')
  await enablePerson(t.app, dan, 'person_bo')
  expect(await auditOf('person_bo')).toEqual([
    ['person_changed', { disabled: true }],
    ['person_changed', { disabled: false }],
  ])
})

it('H2 only an admin disables or enables, and a refusal is in the history', async () => {
  const eve = await t.caller('Eve', ['approver'])
  await t.caller('Cid', ['viewer'])
  expect(await disablePerson(t.app, eve, 'person_cid')).toMatchObject({ code: 'forbidden' })
  expect(await enablePerson(t.app, eve, 'person_cid')).toMatchObject({ code: 'forbidden' })
  expect(await disablePerson(t.app, dan, 'person_nobody')).toMatchObject({ code: 'not_found' })
  expect((await auditOf('person_cid')).map(([event]) => event)).toEqual(['refused', 'refused'])
})

it('H2 nobody disables themselves, and no service account the last human admin', async () => {
  expect(await disablePerson(t.app, dan, 'person_dan')).toMatchObject({ code: 'conflict' })
  const robot = { ...(await t.caller('Robot', ['admin'])) }
  await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.updateTable('person').set({ kind: 'service_account' }).where('id', '=', 'person_robot').execute(),
  )
  const others = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('person').select(['id', 'roles']).where('kind', '=', 'human').execute(),
  )
  for (const { id } of others.filter((each) => each.roles.includes('admin') && each.id !== 'person_dan'))
    taken(await disablePerson(t.app, dan, id))
  expect(await disablePerson(t.app, robot, 'person_dan')).toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('last') as unknown,
  })
})

it('H2 of two admins who disable one another at once, one is left', async () => {
  for (let round = 0; round < 5; round += 1) {
    const one = await t.caller(`One${round}`, ['admin'])
    const two = await t.caller(`Two${round}`, ['admin'])
    const answers = await Promise.all([
      disablePerson(t.app, one, two.person.id),
      disablePerson(t.app, two, one.person.id),
    ])
    expect(answers.filter(isRejection)).toMatchObject([{ code: 'forbidden' }])
  }
})

it('H2 whoever is disabled is listed only when asked for', async () => {
  await t.caller('Zoe', ['viewer'])
  await disablePerson(t.app, dan, 'person_zoe')
  const ids = async (state: 'enabled' | 'disabled' | 'all') =>
    (await listPeople(t.app, testTenant, { limit: 200, state })).items.map((person) => person.id)
  expect(await ids('enabled')).not.toContain('person_zoe')
  expect(await ids('disabled')).toContain('person_zoe')
  expect(await ids('all')).toEqual(expect.arrayContaining(['person_zoe', 'person_dan']))
})
