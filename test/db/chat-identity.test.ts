import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLinkCode } from '../../src/app/identity/link-code.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld, codeIn, otherTenant, words } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
})
afterAll(() => world.close())

describe('C6 who somebody is', () => {
  it('C6 a user without an account or a group that gives a role is told how to link, and may do nothing', async () => {
    const { slack } = hands.somebody()
    const { requestId } = await world.waiting()
    for (const groups of [[], ['SOTHER'], null] as const) {
      const user = { ...slack, groups }
      expect(await hands.told(user, 'status')).toContain('/heal link')
      expect(await hands.approve(user, requestId)).toContain('belongs to nobody')
      expect(words((await world.commands.home(user))[0] ?? (await hands.type(user, '')))).toContain(
        '/heal link CODE',
      )
      expect(await world.commands.suggest(user, 'show ')).toEqual([])
    }
    expect(await world.votesOf(requestId)).toEqual([])
    // However often they tried, it is one entry an hour.
    expect(await world.eventsOf(`slack:T1:${slack.userId}`)).toEqual(['refused'])
    world.shift(3_600_000)
    await hands.approve({ ...slack, groups: [] }, requestId)
    expect(await world.eventsOf(`slack:T1:${slack.userId}`)).toEqual(['refused', 'refused'])
  })

  it('C6 a group that is mapped makes a person with its roles, once, however many come at once', async () => {
    const { slack, id } = hands.somebody()
    const user = { ...slack, name: `‮Eve\u0000 ${'x'.repeat(300)}`, groups: ['SRES', 'SAPP', 'SOTHER'] }
    await Promise.all(Array.from({ length: 8 }, () => hands.type(user, 'whoami')))
    expect(await hands.person(id)).toMatchObject({
      roles: ['responder', 'approver'],
      kind: 'human',
      came_by: 'slack',
      name: expect.stringMatching(/^Eve x+…$/) as string,
    })
    expect((await hands.person(id))?.name.length).toBe(100)
    expect(await world.eventsOf(id)).toEqual(['person_created', 'identity_linked'])
  })

  it('C6 roles follow the groups at each use, and are kept when the groups cannot be read', async () => {
    const { slack, id } = hands.somebody()
    await hands.type({ ...slack, groups: ['SAPP', 'SRES'] }, 'whoami')
    await hands.type({ ...slack, groups: null }, 'whoami')
    expect((await hands.person(id))?.roles).toEqual(['responder', 'approver'])
    const { requestId } = await world.waiting()
    expect(await hands.approve({ ...slack, groups: ['SRES'] }, requestId)).toContain('does not have the role')
    expect((await hands.person(id))?.roles).toEqual(['responder'])
    await hands.type({ ...slack, groups: ['SRES'] }, 'whoami')
    expect(await hands.told({ ...slack, groups: [] }, 'incidents')).toContain('in no group any more')
    expect((await hands.person(id))?.roles).toEqual([])
    expect(await hands.told({ ...slack, groups: ['SAPP'] }, 'whoami')).toContain('approver')
    expect((await world.eventsOf(id)).filter((event) => event === 'person_changed')).toHaveLength(3)
  })

  it('C6 people whom an admin made keep the roles the admin gave, whatever their groups', async () => {
    const { slack } = hands.somebody()
    const ben = await world.caller('Benno', ['responder'])
    const made = await makeLinkCode(world.app, ben, null)
    if (isRejection(made)) throw new Error(made.detail)
    expect(await hands.told({ ...slack, groups: [] }, `link ${made.code}`)).toContain(
      'You are Benno here and there',
    )
    await hands.type({ ...slack, groups: ['SADM', 'SAPP'] }, 'whoami')
    expect((await hands.person('person_benno'))?.roles).toEqual(['responder'])
    expect(await hands.told({ ...slack, groups: ['SADM'] }, 'mode auto')).toContain('may not change')
  })

  it('C6 somebody who is disabled may do nothing, not even link', async () => {
    const { slack, discord, id } = hands.somebody()
    const code = codeIn(await hands.type(slack, 'link'))
    await world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', id).execute(),
    )
    for (const text of ['status', 'link', 'link ABCDE-FGHJK', 'unlink', ''])
      expect(await hands.told(slack, text)).toContain('You were disabled')
    expect(await hands.told(discord, `link ${code}`)).toContain('is disabled')
  })

  it('H4 C6 the workspace decides the tenant: another one sees nothing of this, and an unknown one is refused', async () => {
    const { slack } = hands.somebody()
    const { incidentId, requestId } = await world.waiting()
    const stranger = { ...slack, workspaceId: 'T2' }
    expect(await hands.told(stranger, `show ${incidentId}`)).toContain('There is no incident')
    expect(await hands.told(stranger, `approve ${requestId}`)).toContain('There is no approval request')
    expect(await hands.told(stranger, 'incidents')).not.toContain(incidentId)
    expect(await world.commands.suggest(stranger, 'show ')).not.toContain(`show ${incidentId}`)
    const before = await world.counts('chat_refused')
    for (const workspaceId of ['T666', '', "T1' or 1=1", 'G1'])
      expect(await hands.told({ ...slack, workspaceId }, 'status')).toContain('not one that Suture serves')
    expect(await hands.told({ ...slack, userId: 'U1:U2 ' }, 'status')).toContain('not one that Suture serves')
    expect((await world.counts('chat_refused')) - before).toBe(1)
    const rows = await world.read(
      (tx) => tx.db.selectFrom('person').select('id').where('came_by', 'is not', null).execute(),
      otherTenant,
    )
    expect(rows.map((row) => row.id)).toEqual([`slack-${slack.userId.toLowerCase()}`])
  })
})
