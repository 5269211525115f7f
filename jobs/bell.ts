import type { App, Bell } from '../src/app/app.ts'
import {
  type BellJob,
  type BellQueue,
  openQueue,
  type QueueConnection,
  type QueueName,
  queueNames,
} from './queues.ts'

/** A worker of this process: it begins at once what is rung here, where it has a place free. `ringId` is the job's in the queue. */
export type Ear = (kind: QueueName, job: BellJob, ringId: string) => void

export interface OpenBell extends Bell {
  /** The queue carries each ring all the same: to other processes, and to this one should it have been busy. */
  readonly heardBy: (ear: Ear) => void
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
  let ear: Ear = () => undefined
  return {
    heardBy: (hearing) => {
      ear = hearing
    },
    ring: (effects) => {
      for (const { tenantId, kind, key } of effects) {
        const ringId = `${key}-${ids.uuid()}`
        ear(kind, { tenantId, key }, ringId)
        const added = (queues.get(kind)?.add({ tenantId, key }, ringId) ?? Promise.resolve()).catch(onError)
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
