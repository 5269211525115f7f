import { expect, it } from 'vitest'
import { createEventFeed } from '../../src/app/event-feed.ts'
import type { CardPost, ChatPort } from '../../src/app/ports.ts'
import { startDelivery } from '../../src/start/delivery.ts'
import { inTenant } from '../../src/storage/database.ts'
import { listenForChanges } from '../../src/storage/listen.ts'
import { deliveryWorld } from './delivery-support.ts'

it('C5 a change is brought to console and platform as soon as it is committed', async () => {
  const world = await deliveryWorld()
  const app = { ...world.app, clock: { ...world.app.clock, monotonicMs: () => performance.now() } }
  const feed = createEventFeed()
  const listener = await listenForChanges(
    { url: world.appUrl, assumeAppRole: false },
    ([tenantId, changes]) => feed.publish(tenantId, changes),
    feed.gap,
  )
  let heard: (post: CardPost) => void = () => undefined
  const chat: ChatPort = {
    name: 'slack',
    gapMs: 0,
    deliver: async (post) => {
      heard(post)
      return { done: true, messageId: post.messageId ?? `shop/${post.cardId}` }
    },
  }
  const next = () => new Promise<CardPost>((resolve) => (heard = resolve))
  const stop = startDelivery({ app, feed }, { ports: [chat], tenantId: 'lab', ownChannels: false })
  try {
    const first = next()
    await world.incident('inc-1', 'shop')
    expect(await first).toMatchObject({ cardId: 'inc-1/incident', messageId: null })
    const second = next()
    await world.draw('inc-1', 'incident', 'healing', 'shop')
    expect(await second).toMatchObject({ card: { status: 'healing' } })
    const behind = () =>
      inTenant(app.store, 'lab', (tx) =>
        tx.db
          .selectFrom('card_delivery')
          .select('chat')
          .whereRef('delivered_version', '<', 'desired_version')
          .execute(),
      )
    await expect.poll(behind).toEqual([])
  } finally {
    await stop()
    await listener.close()
    await world.close()
  }
})
