/** Somebody who pressed a button waits for it; alerts that pour in can wait a moment. */
export interface PeopleFirst {
  /** Somebody waits for this work of the process. */
  readonly waits: <T>(work: () => Promise<T>) => Promise<T>
  readonly isAnybodyWaiting: () => boolean
  /** Resolves when nobody waits, at the latest after so many ms. */
  readonly free: (withinMs: number) => Promise<void>
}

/** For work that somebody waits for; where nobody keeps count it is done all the same. */
export const whileWaiting = <T>(
  { peopleFirst }: { readonly peopleFirst?: PeopleFirst },
  work: () => Promise<T>,
): Promise<T> => (peopleFirst === undefined ? work() : peopleFirst.waits(work))

export const createPeopleFirst = (): PeopleFirst => {
  let waiting = 0
  const listeners = new Set<() => void>()
  const ended = (): void => {
    waiting -= 1
    if (waiting > 0) return
    for (const listener of listeners) listener()
    listeners.clear()
  }
  return {
    waits: async (work) => {
      waiting += 1
      try {
        return await work()
      } finally {
        ended()
      }
    },
    isAnybodyWaiting: () => waiting > 0,
    free: async (withinMs) => {
      if (waiting === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      listeners.add(resolve)
      const timer = setTimeout(resolve, withinMs)
      await promise
      clearTimeout(timer)
      listeners.delete(resolve)
    },
  }
}
