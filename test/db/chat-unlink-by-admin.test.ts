import { afterAll, beforeAll, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { unlinkAccountOf } from '../../src/app/identity/unlink-account-of.ts'
import { listAccounts } from '../../src/app/read/accounts.ts'
import type { Caller } from '../../src/domain/person.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld, codeIn } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
let dan: Caller
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
  dan = await world.caller('Dan', ['admin'])
})
afterAll(() => world.close())

const off = (by: Caller, id: string, discordId: string) =>
  unlinkAccountOf(world.app, by, id, { provider: 'discord', externalId: `G1:${discordId}` })

it('C6 an admin takes an account off somebody: it opens nothing, and its codes end', async () => {
  const { slack, discord, id, accounts } = hands.somebody()
  await hands.link(slack, discord)
  const code = codeIn(await hands.type(discord, 'link'))
  expect(await off(dan, id, discord.userId)).toMatchObject([
    { chat: 'slack', account: `T1:${slack.userId}`, roles: ['approver'] },
  ])
  expect(await hands.identitiesOf(id)).toEqual([`${accounts.discord} off`, accounts.slack])
  expect(await hands.told(discord, 'whoami')).toContain('taken off its person')
  expect(await hands.told(discord, `link ${code}`)).toContain('opens nothing')
  const entries = await world.read((tx) =>
    tx.db
      .selectFrom('audit_entry')
      .select(['actor', 'bytes'])
      .where('subject', '=', id)
      .where('event', '=', 'identity_unlinked')
      .execute(),
  )
  expect(entries.map((row) => [row.actor, JSON.parse(row.bytes.toString()) as unknown])).toMatchObject([
    ['person_dan', { details: { account: accounts.discord, by: 'admin' } }],
  ])
  expect(await off(dan, id, discord.userId)).toMatchObject({ code: 'not_found' })
  expect(await off(dan, 'nobody', discord.userId)).toMatchObject({ code: 'not_found' })
})

it('C6 G8 an account that an admin takes off gains nobody a vote', async () => {
  const { slack, discord, id } = hands.somebody()
  await hands.link(slack, discord)
  const { requestId } = await world.waiting('grave')
  await hands.approve(slack, requestId)
  const refusal = await off(dan, id, discord.userId)
  expect(refusal).toMatchObject({ code: 'separation_of_duties', facts: { request: requestId } })
  expect(refusal).toMatchObject({ remedy: expect.stringContaining('disable') as unknown })
  expect(await hands.approve(discord, requestId)).toContain('has already voted')
  const chloe = await world.caller('Chloe', ['approver'])
  await decideApproval(world.app, chloe, { requestId, decision: 'reject', reason: 'no' })
  expect(await off(dan, id, discord.userId)).toHaveLength(1)
  const next = await world.waiting('grave')
  await hands.approve(slack, next.requestId)
  // Its groups still give a role, and make nobody new of it.
  expect(await hands.approve(discord, next.requestId)).toContain('taken off its person')
  expect(await world.votesOf(next.requestId)).toEqual([`${id} approve slack`])
})

it('C6 the only account of somebody who came by chat stays, for an admin too', async () => {
  const { discord, discordId } = hands.somebody()
  await hands.type(discord, 'whoami')
  expect(await off(dan, discordId, discord.userId)).toMatchObject({
    code: 'conflict',
    remedy: 'Disable the person instead.',
  })
})

it('C6 H2 nobody but an admin, as they stand now, takes accounts off others or sees them', async () => {
  const { slack, discord, id } = hands.somebody()
  await hands.link(slack, discord)
  const chloe = await world.caller('Chloe', ['approver'])
  expect(await off(chloe, id, discord.userId)).toMatchObject({ code: 'forbidden' })
  expect(await listAccounts(world.app, chloe, id)).toMatchObject({ code: 'forbidden' })
  const was = await world.caller('Wanda', ['admin'])
  await world.caller('Wanda', ['viewer'])
  expect(await off(was, id, discord.userId)).toMatchObject({ code: 'forbidden' })
  expect(await listAccounts(world.app, dan, id)).toHaveLength(2)
})

it('C6 two admins who do it to one another at once are both answered', async () => {
  const admins = await Promise.all(['Xia', 'Yve'].map((name) => world.caller(name, ['admin'])))
  const [xia, yve] = admins
  if (xia === undefined || yve === undefined) throw new Error('two admins were made')
  await world.read((tx) =>
    tx.db
      .insertInto('identity')
      .values(
        admins.map(({ person }) => ({
          tenant_id: tx.tenantId,
          provider: 'discord' as const,
          external_id: `G1:${person.id.replace('_', '')}`,
          person_id: person.id,
        })),
      )
      .execute(),
  )
  expect(
    await Promise.all([off(xia, 'person_yve', 'personyve'), off(yve, 'person_xia', 'personxia')]),
  ).toEqual([[], []])
})
