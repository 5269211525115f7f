import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { disablePerson, enablePerson } from '../../src/app/identity/disable-person.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { createPerson } from '../../src/app/identity/people.ts'
import { scopesOf } from '../../src/app/identity/rights.ts'
import { listAccounts } from '../../src/app/read/accounts.ts'
import { listPeople } from '../../src/app/read/people.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { takeOver } from '../../src/app/take-over.ts'
import type { Caller, Role } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
let maxAgeMs: number
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
  maxAgeMs = world.app.limits.groupRolesMaxAgeMs
})
afterAll(() => world.close())

const groups = { responder: 'SRES', approver: 'SAPP', admin: 'SADM' } as const

/** Somebody who came by Slack with these roles, as they come later, by a key of theirs. */
const byGroups = async (...roles: (keyof typeof groups)[]) => {
  const { slack, id } = hands.somebody()
  const type = () => hands.type({ ...slack, groups: roles.map((role) => groups[role]) }, 'whoami')
  await type()
  const person = { id, name: slack.name, kind: 'human' as const, roles }
  const caller: Caller = { tenantId: testTenant, person, via: 'console', scopes: scopesOf(person) }
  return { caller, id, readAnew: type }
}

/** The roles that the refusal names are those that are needed, and no others. */
const outdated = (...needed: Role[]) => ({
  code: 'forbidden',
  detail: expect.stringContaining(` has the role ${needed.join(' and ')} by groups`) as unknown,
  facts: { rule: 'group_roles_max_age' },
})

const disabledAt = async (id: string) => (await hands.person(id))?.disabled_at

it('C6 an account says until when its roles count; where an admin gave the roles, there is nothing to say', async () => {
  const { slack, discord, id } = hands.somebody()
  await hands.link(slack, discord)
  const dan = await world.caller('Dan', ['admin'])
  const people = async () => (await listPeople(world.app, testTenant, { limit: 200 })).items
  const rolesFrom = async () => (await people()).find((each) => each.id === id)?.rolesFrom
  const accounts = async () => {
    const listed = await listAccounts(world.app, dan, id)
    if (isRejection(listed)) throw new Error(listed.detail)
    return listed
  }
  expect(await rolesFrom()).toBe('groups')
  for (const { rolesSeenAt, rolesCountUntil } of await accounts())
    expect(Date.parse(rolesCountUntil ?? '') - Date.parse(rolesSeenAt ?? '')).toBe(maxAgeMs)
  await world.read((tx) => tx.db.updateTable('person').set({ came_by: null }).where('id', '=', id).execute())
  expect(await rolesFrom()).toBe('granted')
  expect((await accounts()).map((each) => each.rolesCountUntil)).toEqual([null, null])
})

describe('C6 G8 roles by groups that were read too long ago count nowhere', () => {
  it('C6 G8 at the maximum age they request no run, and once read anew they do', async () => {
    const { caller, readAnew } = await byGroups('responder', 'admin')
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const proposal = await world.proposalOf(incidentId, 'two-steps')
    world.shift(maxAgeMs)
    expect(await requestRun(world.app, caller, proposal)).toMatchObject(outdated('responder'))
    expect(await world.eventsOf(proposal)).toContain('refused')
    await readAnew()
    expect(await requestRun(world.app, caller, proposal)).toMatchObject({
      requestId: expect.any(String) as unknown,
    })
  })

  it('C6 G8 just under the maximum age they still request', async () => {
    const { caller } = await byGroups('approver')
    const proposal = await world.proposalOf(await world.proposed(world.take().name), 'two-steps')
    world.shift(maxAgeMs - 60_000)
    expect(await requestRun(world.app, caller, proposal)).toHaveProperty('runId')
  })

  it('C6 G8 at the maximum age they take no incident over', async () => {
    const { caller, readAnew } = await byGroups('responder')
    const incidentId = await world.proposed(world.take().name)
    world.shift(maxAgeMs)
    expect(await takeOver(world.app, caller, incidentId)).toMatchObject(outdated('responder'))
    expect((await world.incident(incidentId)).status).toBe('proposed')
    await readAnew()
    await takeOver(world.app, caller, incidentId)
    expect((await world.incident(incidentId)).status).toBe('escalated')
  })

  it('C6 G8 at the maximum age they cancel no run, nor does whoever is disabled', async () => {
    const { caller, id, readAnew } = await byGroups('approver')
    const { runId } = await world.waiting()
    world.shift(maxAgeMs)
    expect(await cancelRun(world.app, caller, runId)).toMatchObject(outdated('approver'))
    expect((await world.run(runId)).status).toBe('pending_approval')
    expect(await world.eventsOf(runId)).toContain('refused')
    await readAnew()
    await disablePerson(world.app, await world.caller('Dan', ['admin']), id)
    expect(await cancelRun(world.app, caller, runId)).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('is disabled') as unknown,
    })
    await enablePerson(world.app, await world.caller('Dan', ['admin']), id)
    expect(await cancelRun(world.app, caller, runId)).toMatchObject({ status: 'canceled' })
  })

  it('C6 H2 an admin by such a group disables, enables and adds nobody', async () => {
    const { caller, readAnew } = await byGroups('responder', 'admin')
    const bo = await world.caller('Bo', ['viewer'])
    const input = { id: 'new-bot', name: 'Bot', kind: 'service_account', roles: [] } as const
    world.shift(maxAgeMs)
    for (const refusal of [
      await disablePerson(world.app, caller, bo.person.id),
      await enablePerson(world.app, caller, bo.person.id),
      await createPerson(world.app, caller, input),
    ])
      expect(refusal).toMatchObject(outdated('admin'))
    expect(await disabledAt(bo.person.id)).toBeNull()
    await readAnew()
    expect(await disablePerson(world.app, caller, bo.person.id)).toHaveProperty('disabledAt')
    expect(await disabledAt(bo.person.id)).not.toBeNull()
    expect(await createPerson(world.app, caller, input)).toMatchObject({ id: input.id })
  })

  it('C6 H2 the last admin stays while the others are admins by groups that nobody read', async () => {
    const { id, readAnew } = await byGroups('admin')
    const robot = await world.caller('Robot', ['admin'])
    const others = await world.read(async (tx) => {
      await tx.db
        .updateTable('person')
        .set({ kind: 'service_account' })
        .where('id', '=', 'person_robot')
        .execute()
      return tx.db.selectFrom('person').select(['id', 'roles']).where('kind', '=', 'human').execute()
    })
    const dan = await world.caller('Dan', ['admin'])
    for (const other of others)
      if (other.roles.includes('admin') && other.id !== dan.person.id && other.id !== id)
        await disablePerson(world.app, robot, other.id)
    world.shift(maxAgeMs)
    expect(await disablePerson(world.app, robot, dan.person.id)).toMatchObject({ code: 'conflict' })
    await readAnew()
    expect(await disablePerson(world.app, robot, dan.person.id)).toHaveProperty('disabledAt')
    expect(await enablePerson(world.app, robot, dan.person.id)).toMatchObject({ disabledAt: null })
  })

  it('C6 H2 with such roles nobody makes a key, but one that only reads', async () => {
    const { caller, readAnew } = await byGroups('approver')
    const key = (scopes: Parameters<typeof createKey>[2]['scopes'], personId?: string) =>
      createKey(world.app, caller, { name: 'k', scopes, personId })
    world.shift(maxAgeMs)
    expect(await key(['read', 'approve'])).toMatchObject(outdated('approver'))
    expect(await key(['read'])).toHaveProperty('key')
    await readAnew()
    expect(await key(['read', 'approve'])).toHaveProperty('key')
    expect(await key(['read', 'admin'])).toMatchObject({
      detail: expect.stringContaining('no role that covers the scope admin') as unknown,
    })
  })

  it('C6 H2 for others such an admin makes no key, and no admin makes one on roles that do not count', async () => {
    const { caller, id, readAnew } = await byGroups('responder', 'admin')
    const dan = await world.caller('Dan', ['admin'])
    const ofDan = { name: 'k', scopes: ['read'], personId: dan.person.id } as const
    const ofThem = { name: 'k', scopes: ['respond'], personId: id } as const
    world.shift(maxAgeMs)
    expect(await createKey(world.app, caller, ofDan)).toMatchObject(outdated('admin'))
    expect(await createKey(world.app, dan, ofThem)).toMatchObject(outdated('responder', 'admin'))
    await readAnew()
    expect(await createKey(world.app, caller, ofDan)).toHaveProperty('key')
    expect(await createKey(world.app, dan, ofThem)).toHaveProperty('key')
  })
})
