/** One worker, one job at a time: what gives an instance a capacity, and so an overload its queue. */
export type WorkQueue = {
  /** Resolves when this job's turn came and `ms` of work are done. */
  readonly work: (ms: number) => Promise<void>
  readonly waiting: () => number
  /** Share of the last five seconds spent working, 0 to 100. */
  readonly utilizationPercent: () => number
}

const WINDOW_MS = 5_000

export function createWorkQueue(): WorkQueue {
  let tail: Promise<void> = Promise.resolve()
  let waiting = 0
  const done: { readonly at: number; readonly ms: number }[] = []
  const born = performance.now()

  const one = (ms: number) =>
    new Promise<void>((resolve) => {
      const began = performance.now()
      setTimeout(() => {
        const at = performance.now()
        done.push({ at, ms: at - began })
        while (done[0] && at - done[0].at > WINDOW_MS) done.shift()
        waiting -= 1
        resolve()
      }, ms)
    })

  return {
    work(ms) {
      waiting += 1
      tail = tail.then(() => one(ms))
      return tail
    },
    waiting: () => waiting,
    utilizationPercent() {
      const now = performance.now()
      const busy = done.reduce((sum, job) => (now - job.at <= WINDOW_MS ? sum + job.ms : sum), 0)
      const window = Math.max(1_000, Math.min(WINDOW_MS, now - born))
      return Math.min(100, Math.round((100 * busy) / window))
    },
  }
}
