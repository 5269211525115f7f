/** The time that passes here: a test lets it pass by itself. */
export interface Timers {
  /** Calls again and again, whether the last call has ended or not; returns what ends that. */
  readonly every: (ms: number, call: () => void | Promise<void>) => () => void
  /** Resolves when so many ms have passed; never once the signal is aborted. */
  readonly pass: (ms: number, signal: AbortSignal) => Promise<void>
}

export const realTimers: Timers = {
  every: (ms, call) => {
    const timer = setInterval(() => void call(), ms)
    return () => clearInterval(timer)
  },
  pass: async (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (signal.aborted) return await promise
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    await promise
  },
}
