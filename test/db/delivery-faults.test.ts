import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHealth } from '../../src/start/health.ts'
import { inTenant } from '../../src/storage/database.ts'
import {
  deliveryWorld,
  differences,
  type FakeChat,
  type Fault,
  fakeChat,
  mortal,
  type World,
} from './delivery-support.ts'

const minuteMs = 60_000

let world: World
let chat: FakeChat
beforeEach(async () => {
  world = await deliveryWorld()
  chat = fakeChat(world)
})
afterEach(() => world.close())

/** A different end each time: one call of two had arrived. */
const everyOther = (fault: (arrived: boolean) => Fault): (() => Fault) => {
  let arrived = false
  return () => {
    arrived = !arrived
    return fault(arrived)
  }
}

describe('a platform that is not well for 10 minutes', () => {
  it.each<[string, () => Fault]>([
    ['answers 429', () => ({ kind: 'limited', ms: 30_000 })],
    ['answers 500', everyOther((arrived) => ({ kind: 'broken', arrived }))],
    ['hangs', everyOther((arrived) => ({ kind: 'hangs', arrived }))],
    ['drops what it is sent', everyOther((arrived) => ({ kind: 'deaf', arrived }))],
    ['meets a defect', () => ({ kind: 'throws' })],
  ])(
    'C5 that %s shows every final state afterwards, nothing twice, and delays no other channel',
    async (_, fault) => {
      chat.fault = (post) => (post.channel === 'shop' ? fault() : null)
      const delivery = world.open(chat)
      const delays: number[] = []
      for (let minute = 0; minute < 10; minute += 1) {
        const text = `minute ${minute}`
        if (minute < 3) await world.incident(`inc-${minute}`, 'shop')
        for (let n = 0; n < Math.min(3, minute); n += 1) {
          await world.draw(`inc-${n}`, `evidence/${minute}`, text, 'shop')
          await world.draw(`inc-${n}`, 'incident', text, 'shop')
        }
        await world.incident(`inc-${minute + 100}`, 'bank')
        const at = world.now()
        delivery.poke()
        await world.pass(minuteMs)
        const call = chat.calls.find(({ post }) => post.incidentId === `inc-${minute + 100}`)
        delays.push((call?.at ?? Number.POSITIVE_INFINITY) - at)
      }
      expect(Math.max(...delays)).toBeLessThan(2_500)
      const during = chat.calls.filter(({ post }) => post.channel === 'shop').length
      expect(during).toBeGreaterThan(3)
      // The platform is asked more and more rarely, not once for every card.
      expect(during).toBeLessThan(40)
      chat.fault = () => null
      await world.pass(3 * minuteMs)
      if (fault().kind === 'throws') await world.pass(8 * minuteMs)
      expect(await differences(world, chat)).toEqual([])
      for (const [, message] of chat.messages)
        if (!message.cardId.endsWith('/incident'))
          expect(message.threadId).toBe(chat.of(`${message.cardId.split('/')[0]}/incident`)[0]?.[0])
      await world.end(delivery)
    },
  )
})

it('C5 a message that was deleted is posted anew, and from then on the new one is kept up to date', async () => {
  await world.incident('inc-1', 'shop')
  const delivery = world.open(chat)
  await world.pass(2_000)
  const first = chat.of('inc-1/incident')[0]?.[0] ?? ''
  chat.messages.delete(first)
  await world.draw('inc-1', 'incident', 'two', 'shop')
  await world.pass(5_000)
  const second = chat.of('inc-1/incident')[0]?.[0]
  expect(second).toBeDefined()
  expect(second).not.toBe(first)
  await world.draw('inc-1', 'incident', 'three', 'shop')
  await world.draw('inc-1', 'evidence/1', 'e', 'shop')
  await world.pass(5_000)
  expect(chat.calls.slice(2).map(({ post }) => [post.messageId, post.threadId])).toEqual([
    [second, null],
    [null, second],
  ])
  expect(await differences(world, chat)).toEqual([])
  await world.end(delivery)
})

it.each(['delivery:begun', 'delivery:called'] as const)(
  'C5 R4 a process that is killed at %s leaves a card that the next one looks for before it posts',
  async (checkpoint) => {
    await world.incident('inc-1', 'shop')
    const one = mortal(world)
    one.killAt(checkpoint)
    world.open(chat, one.options)
    await world.pass(1_000)
    expect(one.dead()).toBe(true)
    expect(chat.messages.size).toBe(checkpoint === 'delivery:called' ? 1 : 0)
    const two = world.open(chat)
    await world.pass(2_000)
    // Until the lease of the lane has run out nobody can know that its holder is gone.
    expect(chat.calls).toHaveLength(checkpoint === 'delivery:called' ? 1 : 0)
    await world.pass(32_000)
    expect(chat.calls.at(-1)?.post).toMatchObject({ uncertain: true, messageId: null })
    expect(await differences(world, chat)).toEqual([])
    await world.end(two)
  },
)

it('C5 an answer that surely was a refusal leaves nothing uncertain, one that was lost does until it is found', async () => {
  await world.incident('inc-1', 'shop')
  const faults: (Fault | null)[] = [
    { kind: 'limited', ms: 1_000 },
    { kind: 'broken', arrived: true },
    { kind: 'limited', ms: 1_000 },
  ]
  chat.fault = () => faults.shift() ?? null
  const delivery = world.open(chat)
  await world.pass(10_000)
  expect(chat.calls.map(({ post }) => post.uncertain)).toEqual([false, false, true, true])
  expect(await differences(world, chat)).toEqual([])
  await world.draw('inc-1', 'incident', 'two', 'shop')
  await world.pass(5_000)
  expect(chat.calls.at(-1)?.post.uncertain).toBe(false)
  await world.end(delivery)
})

it('C5 two processes at once send every card once, one call at a time in each channel', async () => {
  const services = ['shop', 'bank', 'mail', 'maps']
  for (let n = 0; n < 24; n += 1) {
    const service = services[n % 4] ?? ''
    await world.incident(`inc-${n}`, service)
    await world.draw(`inc-${n}`, 'evidence/1', 'e', service)
  }
  chat.takesMs = 150
  const both = [world.open(chat), world.open(chat)]
  await world.pass(60_000)
  expect(chat.calls).toHaveLength(48)
  for (const service of services) {
    const times = chat.calls.filter(({ post }) => post.channel === service).map(({ at }) => at)
    for (const [n, at] of times.slice(1).entries()) expect(at - (times[n] ?? 0)).toBeGreaterThan(600)
  }
  expect(await differences(world, chat)).toEqual([])
  for (const delivery of both) await world.end(delivery)
})

it('C5 a note that the database did not take at first is given again: what stands there is not posted anew', async () => {
  await world.incident('inc-1', 'shop')
  let fails = 2
  const { store } = world.app
  const app: typeof world.app = {
    ...world.app,
    store: {
      ...store,
      transact: (work, options) => {
        if (chat.calls.length === 0 || fails === 0) return store.transact(work, options)
        fails -= 1
        return Promise.reject(new Error('the database is away'))
      },
    },
  }
  const delivery = world.open(chat, { app })
  await world.pass(10_000)
  expect(fails).toBe(0)
  await world.draw('inc-1', 'incident', 'two', 'shop')
  await world.pass(5_000)
  expect(chat.calls.map(({ post }) => [post.messageId === null, post.uncertain])).toEqual([
    [true, false],
    [false, false],
  ])
  await world.end(delivery)
})

it('C5 a chat that is switched on later shows what is open, and of the rest only what changes from then on', async () => {
  const before = await deliveryWorld(['console'])
  try {
    for (const id of ['inc-1', 'inc-2', 'inc-3']) await before.incident(id, 'shop')
    await before.draw('inc-2', 'evidence/1', 'e', 'shop')
    await before.draw('inc-2', 'proposal/1', 'p', 'shop')
    await before.resolve('inc-1')
    await before.resolve('inc-3')
    const platform = fakeChat(before)
    const delivery = before.open(platform)
    await before.pass(20_000)
    expect([...platform.messages.values()].map((message) => message.cardId)).toEqual([
      'inc-2/incident',
      'inc-2/proposal/1',
    ])
    // Drawn by a process that knows nothing of this chat. A reply in a thread that it never had: the head comes first.
    await before.draw('inc-3', 'outcome/1', 'o', 'shop')
    await before.pass(10_000)
    expect([...platform.messages.values()].slice(2).map((message) => message.cardId)).toEqual([
      'inc-3/incident',
      'inc-3/outcome/1',
    ])
    await before.end(delivery)
    const again = before.open(platform)
    await before.pass(10_000)
    expect(platform.calls).toHaveLength(4)
    await before.end(again)
    // Away for two days: what is over by then is not made up for.
    await before.incident('inc-4', 'shop')
    await before.incident('inc-5', 'shop')
    await before.resolve('inc-4')
    await before.pass(48 * 60 * minuteMs)
    const back = before.open(platform)
    await before.pass(10_000)
    expect(platform.calls.slice(4).map(({ post }) => post.cardId)).toEqual(['inc-5/incident'])
    await before.end(back)
  } finally {
    await before.close()
  }
})

it('C5 health tells for each chat how far it is behind, and why', async () => {
  const clock = { now: () => Temporal.Now.instant(), monotonicMs: () => 0 }
  const health = createHealth(
    {
      app: { ...world.app, clock },
      containment: () => ({ kind: 'pid_namespace', sentence: 'contained' }),
    },
    {
      version: 'test',
      watchdogAlive: null,
      configuration: () => ({ status: 'pass' as const, detail: 'fits' }),
      ingest: { waiting: () => 0 },
      database: { describe: 'PostgreSQL of the test', directory: null, away: () => null },
    },
  )
  const check = async () => (await health()).checks['chat_slack']
  expect(await check()).toEqual({ status: 'pass', detail: 'every card is shown' })
  await world.incident('inc-1', 'shop')
  expect(await check()).toEqual({ status: 'pass', detail: '1 card is on its way' })
  chat.fault = () => ({ kind: 'refused' })
  const delivery = world.open(chat)
  await world.pass(30_000)
  expect(await check()).toEqual({
    status: 'pass',
    detail: '1 card is on its way; the last try failed: the card is too large',
  })
  // However often it changes meanwhile.
  await world.draw('inc-1', 'incident', 'two', 'shop')
  await world.pass(45_000)
  const late = await check()
  expect(late?.status).toBe('warn')
  expect(late?.detail).toMatch(
    /^7\d s behind: 1 card is on its way; the last try failed: the card is too large$/,
  )
  chat.fault = () => null
  await world.pass(10 * minuteMs)
  expect(await check()).toEqual({ status: 'pass', detail: 'every card is shown' })
  expect((await health()).checks).toHaveProperty('chat_console')
  await world.end(delivery)
})

it('C5 a lane without work leaves no row behind', async () => {
  await world.incident('inc-1', 'shop')
  const delivery = world.open(chat)
  const rows = () =>
    inTenant(world.app.store, 'lab', (tx) => tx.db.selectFrom('delivery_lane').select('lane').execute())
  await world.pass(500)
  expect(await rows()).toEqual([{ lane: 'shop' }])
  await world.pass(5_000)
  expect(await rows()).toEqual([])
  await world.end(delivery)
})
