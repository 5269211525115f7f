/** So much at a time, whoever brings it: from the queue, or heard in the process. */
export interface Places {
  /** False where none is free. */
  readonly tryTake: () => boolean
  /** Resolves once one was free. */
  readonly take: () => Promise<void>
  readonly free: () => void
}

export const createPlaces = (most: number): Places => {
  let taken = 0
  const waiting: (() => void)[] = []
  const tryTake = (): boolean => {
    if (taken >= most) return false
    taken += 1
    return true
  }
  return {
    tryTake,
    take: async () => {
      if (tryTake()) return
      await new Promise<void>((resolve) => waiting.push(resolve))
    },
    free: () => {
      const next = waiting.shift()
      // The place goes from hand to hand.
      if (next === undefined) taken -= 1
      else next()
    },
  }
}
