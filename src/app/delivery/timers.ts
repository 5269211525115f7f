/** Time that passes by itself, so that tests can let it pass. */
export interface Timers {
  /** Calls `work` once after `ms`; what is returned calls it off. */
  readonly after: (ms: number, work: () => void) => () => void
}

/** Knows every timer that was set through it, so that none is left behind. */
export const withCancelAll = (timers: Timers): Timers & { readonly cancelAll: () => void } => {
  const waiting = new Set<() => void>()
  return {
    after: (ms, work) => {
      const callOff = timers.after(ms, () => {
        waiting.delete(callOff)
        work()
      })
      waiting.add(callOff)
      return () => {
        waiting.delete(callOff)
        callOff()
      }
    },
    cancelAll: () => {
      for (const callOff of waiting) callOff()
      waiting.clear()
    },
  }
}
