import type { Log } from '../app/app.ts'

/** What has been started, and how each part is ended: the newest first. */
export interface Closers {
  /** `withinMs`: after that the next part is ended all the same; absent, the part bounds itself. */
  readonly add: (name: string, close: () => Promise<void>, withinMs?: number) => void
  /** Ends everything, once; a second call waits for the same end. */
  readonly stop: () => Promise<void>
}

export const createClosers = (log: Log): Closers => {
  const parts: { name: string; close: () => Promise<void>; withinMs: number | undefined }[] = []
  const stopAll = async (): Promise<void> => {
    for (const { name, close, withinMs } of parts.splice(0).reverse())
      try {
        if (withinMs === undefined) await close()
        else if (!(await endsWithin(withinMs, close()))) log.warn({ part: name }, 'did not stop in time')
      } catch (error) {
        log.error({ part: name, error: String(error) }, 'did not stop cleanly')
      }
  }
  let stopping: Promise<void> | undefined
  return {
    add: (name, close, withinMs) => {
      parts.push({ name, close, withinMs })
    },
    stop: () => (stopping ??= stopAll()),
  }
}

/** Whether `work` ended in time; what comes of it later is nobody's business any more. */
export const endsWithin = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  const first = await Promise.race([work, late]).finally(() => clearTimeout(timer))
  work.catch(() => undefined)
  return first !== 'late'
}
