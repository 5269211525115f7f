import { setTimeout as sleep } from 'node:timers/promises'

const withinMs = 120_000
const everyMs = 50

/** Looks again and again until there is something. */
export const until = async <T>(what: string, look: () => Promise<T | null>): Promise<T> => {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1_000} s`)
    await sleep(everyMs)
  }
}
