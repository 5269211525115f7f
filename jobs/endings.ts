/**
 * A run of which nothing is left but to write down how it ended has no need of its place in the queue any more: while that is
 * committed, the queue brings the next one. Whatever becomes of it is the row's business, as with any job.
 */
export interface Endings {
  /** Resolves when the work says that it is over, or has ended; rejects when it throws before. */
  readonly untilOver: (work: (over: () => void) => Promise<void>) => Promise<void>
  /** Resolves when all that was over has ended too. */
  readonly ended: () => Promise<void>
}

/** `onError`: one has thrown that was over before. */
export const createEndings = (onError: (error: Error) => void): Endings => {
  const ending = new Set<Promise<void>>()
  return {
    untilOver: (work) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      let isOver = false
      const working = work(() => {
        isOver = true
        resolve()
      })
        .then(resolve, (error: unknown) => {
          if (!isOver) return reject(error)
          onError(error instanceof Error ? error : new Error(String(error)))
        })
        .finally(() => ending.delete(working))
      ending.add(working)
      return promise
    },
    ended: async () => {
      await Promise.all(ending)
    },
  }
}
