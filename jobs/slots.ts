export interface Slots<T> {
  /** Resolves once the work has begun, not when it has ended; waits for a free slot. After `close` it begins nothing more. */
  readonly begin: (job: T) => Promise<void>
  /** Resolves when everything that has begun has ended. */
  readonly close: () => Promise<void>
}

/**
 * Up to `count` works at a time beside a queue's worker that takes one job after the other. BullMQ's own concurrency is not
 * used: its worker on PostgreSQL was seen to fetch nothing more while a single long job was active, so that a run which
 * verified for a minute kept every other run waiting. Whether a job's work ends well is its row's business, not the job's.
 */
export const createSlots = <T>(
  count: number,
  work: (job: T) => Promise<void>,
  onError: (error: Error) => void,
): Slots<T> => {
  const underWay = new Set<Promise<void>>()
  let closing = false
  return {
    begin: async (job) => {
      while (underWay.size >= count) await Promise.race(underWay)
      // Its row stays due, and is rung again for whoever is there then.
      if (closing) return
      const begun: Promise<void> = work(job)
        .catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))))
        .finally(() => underWay.delete(begun))
      underWay.add(begun)
    },
    close: async () => {
      closing = true
      await Promise.all(underWay)
    },
  }
}
