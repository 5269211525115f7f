import type { App, Bell } from '../src/app/app.ts'
import {
  type BellQueue,
  openQueue,
  type QueueConnection,
  type QueueName,
  queueNames,
  type Ring,
} from './queues.ts'

export interface OpenBell extends Bell {
  readonly prune: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Jobs added in one statement. */
const maxRings = 500

/**
 * Every ring is a new job: a retained job id that is added again is silently ignored by the queue. Rings for one queue that
 * come while it is being rung are added together: a commit that opens a hundred incidents rings once.
 */
export const openBell = (connection: QueueConnection, ids: App['ids'], log: App['log']): OpenBell => {
  const onError = (error: Error): void =>
    log.warn({ error: error.message }, 'the queue reports an error; the sweeper rings again for what is lost')
  const queues = new Map<QueueName, BellQueue>(
    queueNames.map((name) => [name, openQueue(name, connection, onError)]),
  )
  const waiting = new Map<QueueName, Ring[]>(queueNames.map((name) => [name, []]))
  const ringing = new Map<QueueName, Promise<void>>()
  const ringAll = async (name: QueueName): Promise<void> => {
    for (;;) {
      const rings = waiting.get(name)?.splice(0, maxRings) ?? []
      if (rings.length === 0) return
      await queues.get(name)?.add(rings).catch(onError)
    }
  }
  const wake = (name: QueueName): void => {
    if (ringing.has(name)) return
    ringing.set(
      name,
      ringAll(name).finally(() => ringing.delete(name)),
    )
  }
  return {
    ring: (effects) => {
      for (const { tenantId, kind, key } of effects)
        waiting.get(kind)?.push({ job: { tenantId, key }, jobId: `${key}-${ids.uuid()}` })
      for (const kind of new Set(effects.map((effect) => effect.kind))) wake(kind)
    },
    prune: async () => {
      for (const queue of queues.values()) await queue.prune()
    },
    close: async () => {
      await Promise.allSettled(ringing.values())
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
    },
  }
}
