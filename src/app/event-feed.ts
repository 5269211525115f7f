import type { Topic } from './commit.ts'
import type { ChangeEvent, EventFeed } from './events.ts'

export interface OpenFeed extends EventFeed {
  /** For parts of this process that serve every tenant, such as card delivery. */
  readonly subscribeAll: (listener: (topic: Topic) => void) => () => void
  readonly publish: (tenantId: string, changes: readonly (readonly [topic: string, id: string])[]) => void
  readonly gap: () => void
}

interface Subscriber {
  readonly tenantId: string
  readonly listener: (event: ChangeEvent) => void
  readonly onGap: () => void
}

/** Hands what one connection hears to everyone in this process who watches that tenant, and to nobody else. */
export const createEventFeed = (): OpenFeed => {
  const subscribers = new Set<Subscriber>()
  const everywhere = new Set<(topic: Topic) => void>()
  return {
    subscribe: (tenantId, listener, onGap) => {
      const subscriber = { tenantId, listener, onGap }
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
    subscribeAll: (listener) => {
      everywhere.add(listener)
      return () => everywhere.delete(listener)
    },
    publish: (tenantId, changes) => {
      for (const topic of new Set(changes.map(([topic]) => topic)))
        for (const listener of everywhere) listener(topic as Topic)
      for (const subscriber of subscribers)
        if (subscriber.tenantId === tenantId)
          for (const [topic, id] of changes) subscriber.listener({ tenantId, topic: topic as Topic, id })
    },
    gap: () => {
      for (const subscriber of subscribers) subscriber.onGap()
      for (const listener of everywhere) listener('card')
    },
  }
}
