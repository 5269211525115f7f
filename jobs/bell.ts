import type { App, Bell } from '../src/app/app.ts'
import {
  type BellQueue,
  openQueue,
  type QueueConnection,
  type QueueName,
  queueFor,
  queueNames,
} from './queues.ts'

export interface OpenBell extends Bell {
  readonly prune: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Every ring is a new job: a retained job id that is added again is silently ignored by the queue. */
export const openBell = async (
  connection: QueueConnection,
  ids: App['ids'],
  log: App['log'],
): Promise<OpenBell> => {
  let closing = false
  const onError = (error: Error): void => {
    // Connections may end together with a server that is stopped right after this.
    if (!closing)
      log.warn(
        { error: error.message },
        'the queue reports an error; the sweeper rings again for what is lost',
      )
  }
  const queues = new Map<QueueName, BellQueue>(
    await Promise.all(
      queueNames.map(async (name) => [name, await openQueue(name, connection, onError)] as const),
    ),
  )
  const ringing = new Set<Promise<void>>()
  return {
    ring: (effects) => {
      for (const { tenantId, kind, key } of effects) {
        const added = (
          queues.get(queueFor(kind))?.add({ tenantId, kind, key }, `${key}-${ids.uuid()}`) ??
          Promise.resolve()
        ).catch(onError)
        ringing.add(added)
        void added.finally(() => ringing.delete(added))
      }
    },
    prune: async () => {
      for (const queue of queues.values()) await queue.prune()
    },
    close: async () => {
      await Promise.allSettled(ringing)
      closing = true
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
    },
  }
}
