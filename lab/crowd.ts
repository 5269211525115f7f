/** Offered load: shoppers who ask for a quote, think, and ask again. */
import { WORK_MS } from './estate.ts'

export type Crowd = {
  readonly shoppers: number
  /** With this many instances the service is slow; with one more it is not. */
  readonly slowWith: number
  readonly leave: () => void
}

const SLOW_ANSWER_MS = 1_100
const HEADROOM_MS = 900

/**
 * How many shoppers, and how long they think, so that `instances` answer in about 1.1 s and one more in 0.2 s.
 * A closed system of N shoppers with think time Z over n workers of S ms answers in N*S/n - Z when saturated;
 * the two wanted answers give N = 0.9 s * n * (n + 1) / S and Z = N*S/n - 1.1 s.
 */
export function crowdFor(instances: number): { shoppers: number; thinkMs: number } {
  const shoppers = Math.ceil((HEADROOM_MS * instances * (instances + 1)) / WORK_MS)
  return { shoppers, thinkMs: Math.round((shoppers * WORK_MS) / instances - SLOW_ANSWER_MS) }
}

/** Sends the crowd in. It stays until told to leave; a restart of the service impresses nobody in it. */
export function gatherCrowd(instances: number, quote: () => Promise<unknown>): Crowd {
  const { shoppers, thinkMs } = crowdFor(instances)
  const timers = new Set<NodeJS.Timeout>()
  let here = true
  const comeBack = (afterMs: number) => {
    if (!here) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void quote().then(() => comeBack(thinkMs))
    }, afterMs)
    timers.add(timer)
  }
  for (let shopper = 0; shopper < shoppers; shopper++) comeBack((thinkMs * shopper) / shoppers)
  return {
    shoppers,
    slowWith: instances,
    leave() {
      here = false
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
