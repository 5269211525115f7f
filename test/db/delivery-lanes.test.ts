import { afterEach, beforeEach, expect, it } from 'vitest'
import { commit } from '../../src/app/commit.ts'
import { tellChannel } from '../../src/app/show/tell-channel.ts'
import { testTenant } from '../support/app.ts'
import { deliveryWorld, differences, type FakeChat, fakeChat, type World } from './delivery-support.ts'

let world: World
let chat: FakeChat
beforeEach(async () => {
  world = await deliveryWorld()
  chat = fakeChat(world)
})
afterEach(() => world.close())

it('C5 what changes while a channel waits is sent once, in its newest state', async () => {
  await world.incident('inc-1', 'shop')
  chat.fault = () => ({ kind: 'limited', ms: 5_000 })
  const delivery = world.open(chat)
  await world.pass(100)
  expect(chat.calls).toHaveLength(1)
  for (const text of ['one', 'two', 'three']) await world.draw('inc-1', 'incident', text, 'shop')
  chat.fault = () => null
  delivery.poke()
  await world.pass(4_500)
  expect(chat.calls).toHaveLength(1)
  await world.pass(30_000)
  expect(chat.calls.map(({ post }) => post.card.status)).toEqual(['open', 'three'])
  expect(chat.calls[1]?.post.uncertain).toBe(false)
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})

it('C5 a thread is posted in the order in which its cards were drawn, head first, one call at a time', async () => {
  await world.incident('inc-1', 'shop')
  await world.draw('inc-1', 'evidence/1', 'e', 'shop')
  await world.incident('inc-2', 'shop')
  await world.draw('inc-1', 'proposal/1', 'p', 'shop')
  await world.draw('inc-2', 'evidence/1', 'e', 'shop')
  await world.draw('inc-1', 'incident', 'proposed', 'shop')
  chat.takesMs = 300
  const delivery = world.open(chat)
  await world.pass(20_000)
  expect(chat.calls.map(({ post }) => post.cardId)).toEqual([
    'inc-1/incident',
    'inc-1/evidence/1',
    'inc-2/incident',
    'inc-1/proposal/1',
    'inc-2/evidence/1',
  ])
  const head = chat.of('inc-1/incident')[0]?.[0]
  expect(chat.calls.map(({ post }) => post.threadId)).toEqual([
    null,
    head,
    null,
    head,
    chat.of('inc-2/incident')[0]?.[0],
  ])
  // Each call takes 300 ms, and 1 s lies between its end and the next; PostgreSQL's clock goes on a little by itself.
  const times = chat.calls.map(({ at }) => at)
  for (const [n, at] of times.slice(1).entries()) expect(at - (times[n] ?? 0)).toBeGreaterThan(900)
  await world.end(delivery)
})

it('C5 replies wait for the head of their thread, and other threads of the channel do not', async () => {
  await world.incident('inc-1', 'shop')
  await world.draw('inc-1', 'evidence/1', 'e', 'shop')
  await world.incident('inc-2', 'shop')
  await world.draw('inc-2', 'evidence/1', 'e', 'shop')
  chat.fault = (post) => (post.cardId === 'inc-1/incident' ? { kind: 'refused' } : null)
  const delivery = world.open(chat)
  await world.pass(600_000)
  expect([...chat.messages.values()].map((message) => message.cardId)).toEqual([
    'inc-2/incident',
    'inc-2/evidence/1',
  ])
  // Rarely tried again: after 30 s, 60 s, 120 s and so on.
  const tries = chat.calls.filter(({ post }) => post.cardId === 'inc-1/incident').map(({ at }) => at)
  expect(tries.length).toBe(5)
  expect((tries[4] ?? 0) - (tries[3] ?? 0)).toBeGreaterThan(200_000)
  chat.fault = () => null
  await world.pass(600_000)
  expect(await differences(world, chat)).toEqual([])
  expect(chat.of('inc-1/evidence/1')[0]?.[1].threadId).toBe(chat.of('inc-1/incident')[0]?.[0])
  await world.end(delivery)
})

it('C5 a reply that cannot be shown holds up neither its thread nor its channel, and comes at once when it changes', async () => {
  await world.incident('inc-1', 'shop')
  await world.draw('inc-1', 'evidence/1', 'huge', 'shop')
  await world.draw('inc-1', 'proposal/1', 'p', 'shop')
  chat.fault = (post) => (post.card.status === 'huge' ? { kind: 'refused' } : null)
  const delivery = world.open(chat)
  await world.pass(10_000)
  expect(chat.of('inc-1/proposal/1')).toHaveLength(1)
  expect(chat.of('inc-1/evidence/1')).toHaveLength(0)
  await world.draw('inc-1', 'evidence/1', 'small', 'shop')
  await world.pass(4_000)
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})

it('C5 a reply that is tried again is not overtaken by the later ones of its thread', async () => {
  await world.incident('inc-1', 'shop')
  for (const n of [1, 2, 3]) await world.draw('inc-1', `evidence/${n}`, 'e', 'shop')
  await world.incident('inc-2', 'shop')
  let fails = 4
  chat.fault = (post) => {
    if (post.cardId !== 'inc-1/evidence/1' || fails === 0) return null
    fails -= 1
    return { kind: 'broken', arrived: false }
  }
  const delivery = world.open(chat)
  await world.pass(60_000)
  expect(fails).toBe(0)
  expect([...chat.messages.values()].map((message) => message.cardId)).toEqual([
    'inc-1/incident',
    'inc-2/incident',
    'inc-1/evidence/1',
    'inc-1/evidence/2',
    'inc-1/evidence/3',
  ])
  await world.end(delivery)
})

it('C5 a 429 on one channel does not delay another', async () => {
  chat.fault = (post) => (post.channel === 'shop' ? { kind: 'limited', ms: 60_000 } : null)
  for (let n = 1; n <= 3; n += 1) {
    await world.incident(`inc-${n}`, 'shop')
    await world.incident(`inc-${n + 10}`, 'bank')
  }
  const delivery = world.open(chat)
  await world.pass(5_000)
  expect(chat.calls.filter(({ post }) => post.channel === 'shop')).toHaveLength(1)
  expect(chat.calls.filter(({ post }) => post.channel === 'bank')).toHaveLength(3)
  chat.fault = () => null
  await world.pass(50_000)
  expect(chat.calls.filter(({ post }) => post.channel === 'shop')).toHaveLength(1)
  await world.pass(12_000)
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})

it('C5 one dead channel with a long backlog does not starve the others', async () => {
  for (let n = 1; n <= 60; n += 1) await world.incident(`inc-${n}`, 'shop')
  for (const [n, service] of [
    'bank',
    'mail',
    'maps',
    'news',
    'chat',
    'play',
    'rent',
    'taxi',
    'wiki',
  ].entries())
    await world.incident(`inc-${100 + n}`, service)
  chat.fault = (post) => (post.channel === 'shop' ? { kind: 'hangs', arrived: false } : null)
  const delivery = world.open(chat)
  await world.pass(2_500)
  expect(new Set([...chat.messages.values()].map((message) => message.channel)).size).toBe(9)
  await world.end(delivery)
})

it('C5 C4 a critical incident has a channel and a lane of its own; the home channel does not hold it up', async () => {
  for (let n = 1; n <= 20; n += 1) await world.incident(`inc-${n}`, 'shop')
  await world.incident('inc-42', 'shop', 'critical')
  await world.draw('inc-42', 'evidence/1', 'e', 'shop')
  const delivery = world.open(chat, { ownChannels: true })
  await world.pass(2_500)
  const [head] = chat.of('inc-42/incident')
  expect(chat.calls.find(({ post }) => post.cardId === 'inc-42/incident')?.post).toMatchObject({
    channel: 'shop',
    ownChannel: 'inc-42-shop',
    threadId: null,
  })
  expect(chat.of('inc-42/evidence/1')[0]?.[1].threadId).toBe(head?.[0])
  expect(chat.calls.find(({ post }) => post.cardId === 'inc-1/incident')?.post.ownChannel).toBeNull()
  expect(chat.of('inc-20/incident')).toHaveLength(0)
  // It stays what it was at the first post.
  await world.draw('inc-42', 'incident', 'healing', 'shop', { severity: 'high' })
  await world.pass(2_500)
  expect(chat.calls.findLast(({ post }) => post.cardId === 'inc-42/incident')?.post).toMatchObject({
    ownChannel: 'inc-42-shop',
    card: { status: 'healing' },
  })
  await world.end(delivery)
})

it('C5 C4 a call for a channel of its own counts as one to the home channel too', async () => {
  await world.incident('inc-1', 'shop', 'critical')
  chat.takesMs = 200
  const delivery = world.open(chat, { ownChannels: true })
  await world.pass(100)
  await world.incident('inc-2', 'shop')
  delivery.poke()
  await world.pass(500)
  expect(chat.calls).toHaveLength(1)
  await world.pass(2_500)
  expect(chat.calls.map(({ post }) => post.cardId)).toEqual(['inc-1/incident', 'inc-2/incident'])
  await world.end(delivery)
})

it.each(['are not wanted', 'cannot be made'])(
  'C5 C4 where channels of their own %s, critical incidents stay in the lane of the home channel',
  async (why) => {
    await world.incident('inc-1', 'shop', 'critical')
    await world.draw('inc-1', 'evidence/1', 'e', 'shop')
    chat.mayMakeChannels = false
    const delivery = world.open(chat, { ownChannels: why === 'cannot be made' })
    await world.pass(100)
    await world.incident('inc-2', 'shop')
    await world.pass(10_000)
    const own = chat.calls.map(({ post }) => post.ownChannel)
    expect(own[0]).toBe(why === 'cannot be made' ? 'inc-1-shop' : null)
    expect(own.slice(1)).toEqual([null, null])
    const times = chat.calls.map(({ at }) => at)
    for (const [n, at] of times.slice(1).entries()) expect(at - (times[n] ?? 0)).toBeGreaterThan(600)
    expect(await differences(world, chat)).toEqual([])
    await world.end(delivery)
  },
)

it('C5 two tenants with a channel of the same name have a lane each, and one connection may serve one of them', async () => {
  const { ensureTenant } = await import('../../src/storage/ensure-tenant.ts')
  await ensureTenant(world.ownerUrl, 'other', 'Other')
  await world.incident('inc-1', 'incidents')
  await world.incident('inc-1', 'incidents', 'high', 'other')
  const mine = world.open(chat, { tenantId: 'lab' })
  await world.pass(5_000)
  expect(chat.calls.map(({ post }) => post.tenantId)).toEqual(['lab'])
  await world.end(mine)
  chat.fault = (post) => (post.tenantId === 'lab' ? { kind: 'limited', ms: 60_000 } : null)
  await world.draw('inc-1', 'incident', 'healing', 'incidents')
  const all = world.open(chat)
  await world.pass(5_000)
  expect(chat.messages.size).toBe(2)
  await world.end(all)
})

it('C5 a stop finishes what is under way, begins nothing new and leaves no timer', async () => {
  await world.incident('inc-1', 'shop')
  await world.incident('inc-2', 'shop')
  await world.incident('inc-3', 'bank')
  chat.takesMs = 2_000
  chat.fault = (post) => (post.channel === 'bank' ? { kind: 'hangs', arrived: false } : null)
  const delivery = world.open(chat)
  await world.pass(100)
  expect(chat.calls).toHaveLength(2)
  const stopped = delivery.stop(4_000)
  delivery.poke()
  await world.pass(4_000)
  await stopped
  expect(chat.calls).toHaveLength(2)
  expect(chat.of('inc-1/incident')).toHaveLength(1)
  expect(world.timersLeft()).toBe(0)
  // What was aborted is known to be uncertain; what was finished is not sent again.
  chat.takesMs = 0
  chat.fault = () => null
  const next = world.open(chat)
  await world.pass(5_000)
  expect(chat.calls.slice(2).map(({ post }) => [post.cardId, post.uncertain])).toEqual([
    ['inc-2/incident', false],
    ['inc-3/incident', true],
  ])
  await world.end(next)
  expect(world.timersLeft()).toBe(0)
})

it('C5 G8 what is told to another channel stands there by itself, and not in the thread', async () => {
  await world.incident('inc-1', 'shop', 'critical')
  await world.draw('inc-1', 'notice/asked', 'n', 'shop')
  await world.draw('inc-1', 'apart/asked', 'n', 'shop', { channel: 'bank' })
  const delivery = world.open(chat)
  await world.pass(20_000)
  const post = chat.calls.find(({ post: each }) => each.cardId === 'inc-1/apart/asked')?.post
  expect(post).toMatchObject({ channel: 'bank', threadId: null, ownChannel: null })
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})

it('G10 C5 what is of no incident is posted to its channel by itself, and changed where it stands', async () => {
  await world.incident('inc-1', 'shop')
  const tell = (text: string) =>
    commit(world.app, testTenant, (tx, out) =>
      tellChannel(world.app, tx, out, 'bank', 'bg-1/bank', {
        title: 'The glass is broken',
        text,
        tone: 'bad',
      }),
    )
  await tell('one')
  const delivery = world.open(chat)
  await world.pass(5_000)
  await tell('two')
  delivery.poke()
  await world.pass(5_000)
  const posts = chat.calls.map(({ post }) => post).filter(({ cardId }) => cardId === 'apart/bg-1/bank')
  expect(posts).toMatchObject([
    { channel: 'bank', incidentId: null, threadId: null, ownChannel: null, messageId: null },
    { channel: 'bank', incidentId: null, threadId: null, messageId: expect.any(String) as string },
  ])
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})
