import type { Timers } from '../../adapters/discord/timers.ts'

/** Timers that a test moves by hand: nothing comes due by itself. */
export interface HandTimers extends Timers {
  /** Epoch ms. */
  readonly now: () => number
  readonly advance: (ms: number) => void
  /** Calls what wants to be called again and again, once. */
  readonly look: () => void
  /** The same, and resolves when all of it is done. */
  readonly looked: () => Promise<void>
  /** How many want that, and how many wait for time to pass. */
  readonly looking: () => number
  readonly waiting: () => number
}

export const handTimers = (startMs: number): HandTimers => {
  let now = startMs
  const again = new Set<() => void | Promise<void>>()
  const waiting = new Set<{ readonly at: number; readonly resolve: () => void }>()
  return {
    now: () => now,
    advance: (ms) => {
      now += ms
      for (const each of waiting)
        if (each.at <= now) {
          waiting.delete(each)
          each.resolve()
        }
    },
    look: () => {
      for (const call of again) void call()
    },
    looked: async () => {
      await Promise.all([...again].map(async (call) => call()))
    },
    looking: () => again.size,
    waiting: () => waiting.size,
    every: (_, call) => {
      again.add(call)
      return () => again.delete(call)
    },
    pass: async (ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const entry = { at: now + ms, resolve }
      waiting.add(entry)
      signal.addEventListener('abort', () => waiting.delete(entry), { once: true })
      await promise
    },
  }
}
