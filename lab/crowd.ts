/** Offered load: shoppers who ask for a quote, think, and ask again. */
import { WORK_MS } from './estate.ts'

export type Crowd = {
  readonly shoppers: number
  /** With this many instances the service is slow; with one more it is not. */
  readonly slowWith: number
  readonly leave: () => void
}

const SLOW_ANSWER_MS = 1_100
/** How busy one more instance may leave them all: below the 90 % from which a health check warns, with room for a slow machine. */
const BUSY_AT_MOST = 0.9

/**
 * How many shoppers, and how long they think, so that `instances` answer in about 1.1 s and one more is no longer full.
 * A closed system of N shoppers with think time Z over n workers of S ms answers in R = N*S/n - Z when it is full. One
 * worker more, not full, is busy for a share u = N*S / ((n + 1) * (Z + 2*S)). u must be above n / (n + 1), else n were not
 * full; it is taken halfway from there to 90 %, and both wanted answers then give N and Z.
 */
export function crowdFor(instances: number): { shoppers: number; thinkMs: number } {
  const more = instances + 1
  const busy = more * ((instances / more + BUSY_AT_MOST) / 2)
  const thinkMs = Math.round((SLOW_ANSWER_MS * instances - 2 * WORK_MS * busy) / (busy - instances))
  return { shoppers: Math.ceil((instances * (SLOW_ANSWER_MS + thinkMs)) / WORK_MS), thinkMs }
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
  // As many as will stand in the queue come at once, so that it is slow from the first second on.
  const first = Math.round((SLOW_ANSWER_MS * instances) / WORK_MS)
  for (let shopper = 0; shopper < shoppers; shopper++)
    comeBack((thinkMs * Math.max(0, shopper - first)) / (shoppers - first))
  return {
    shoppers,
    slowWith: instances,
    leave() {
      here = false
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
