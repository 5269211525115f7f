import { afterEach, beforeEach, expect, it } from 'vitest'
import { deliveryWorld, type FakeChat, fakeChat, type World } from './delivery-support.ts'

let world: World
let chat: FakeChat
beforeEach(async () => {
  world = await deliveryWorld()
  chat = fakeChat(world)
})
afterEach(() => world.close())

it('C5 however many cards of a channel are refused for good, a new incident there is shown within a minute or so', async () => {
  for (let n = 1; n <= 12; n += 1) await world.incident(`inc-${n}`, 'shop')
  // As after the channel was archived and another one of its name made: what hung in the old one stays refused.
  chat.fault = (post) => (post.cardId === 'inc-100/incident' ? null : { kind: 'refused' })
  const delivery = world.open(chat)
  await world.pass(3_600_000)
  const before = chat.calls.length
  await world.incident('inc-100', 'shop', 'critical')
  delivery.poke()
  await world.pass(61_000)
  expect(chat.of('inc-100/incident')).toHaveLength(1)
  // Nor is the platform hammered with what it refuses.
  expect(before).toBeLessThan(150)
  await world.end(delivery)
})
