import { createPlaces } from './places.ts'
import type { BellJob } from './queues.ts'

/** Rings that are answered in the process that rang: somebody waits for what a click began, and the queue takes its time. */
export interface NearEar {
  /** Begins at once where a place is free; otherwise the queue brings it. */
  readonly hear: (job: BellJob, ringId: string) => void
  /** What the queue brings: nothing is left to do of a ring that was heard here. */
  readonly answer: (job: BellJob, ringId: string) => Promise<void>
  /** Hears nothing more, and resolves when what was heard has ended. */
  readonly close: () => Promise<void>
}

/** Those whose jobs another process was given are never asked for again. */
const mostRemembered = 1_000

export const createNearEar = (
  most: number,
  work: (job: BellJob) => Promise<void>,
  onError: (error: Error) => void,
): NearEar => {
  const places = createPlaces(most)
  const heard = new Set<string>()
  const underWay = new Set<Promise<void>>()
  let closing = false
  const remember = (ringId: string): void => {
    heard.add(ringId)
    const [oldest] = heard
    if (heard.size > mostRemembered && oldest !== undefined) heard.delete(oldest)
  }
  return {
    hear: (job, ringId) => {
      if (closing || !places.tryTake()) return
      remember(ringId)
      const working = work(job)
        // Its row stays due, and the sweeper rings again.
        .catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))))
        .finally(places.free)
      underWay.add(working)
      void working.finally(() => underWay.delete(working))
    },
    answer: async (job, ringId) => {
      if (heard.delete(ringId)) return
      await places.take()
      try {
        await work(job)
      } finally {
        places.free()
      }
    },
    close: async () => {
      closing = true
      await Promise.all(underWay)
    },
  }
}
