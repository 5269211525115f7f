import type { AdapterLog } from './client.ts'
import { reasonOf } from './failure.ts'

/** Work that goes on after a request was acknowledged. It never throws into the process, and a stop waits for it. */
export interface Tasks {
  /** Resolves when the work has ended, well or not. */
  readonly run: (what: string, work: () => Promise<void>) => Promise<void>
  /** Resolves when nothing runs any more, at the latest after so many ms. */
  readonly settled: (withinMs: number) => Promise<void>
}

export const createTasks = (log: AdapterLog): Tasks => {
  const running = new Set<Promise<void>>()
  return {
    run: (what, work) => {
      const task = work()
        .catch((error: unknown) => {
          log.error({ error: reasonOf(error) }, `Slack: ${what} failed`)
        })
        .finally(() => running.delete(task))
      running.add(task)
      return task
    },
    settled: async (withinMs) => {
      let late = false
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(() => {
        late = true
        resolve()
      }, withinMs)
      // What runs may start more, such as the outcome of a click that was acknowledged as "working".
      while (running.size > 0 && !late) await Promise.race([Promise.all(running), promise])
      clearTimeout(timer)
    },
  }
}
