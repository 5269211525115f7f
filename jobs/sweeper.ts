import type { App } from '../src/app/app.ts'
import { sweepOnce } from '../src/app/sweep.ts'

export interface Loop {
  readonly stop: () => Promise<void>
}

/** Runs `work` again and again, never twice at a time; a failure is logged and the next turn comes all the same. */
export const startLoop = (
  everyMs: number,
  log: App['log'],
  name: string,
  work: () => Promise<unknown>,
): Loop => {
  let stopped = false
  let turn: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    if (stopped || busy) return
    busy = true
    turn = work()
      .catch((error: unknown) =>
        log.warn(
          { loop: name, error: error instanceof Error ? error.message : String(error) },
          'a turn failed; the next one tries again',
        ),
      )
      .finally(() => {
        busy = false
      })
  }, everyMs)
  let busy = false
  return {
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await turn
    },
  }
}

/** Rings again for what is due: lost rings, leases that ran out, requests that expire. Safe in many processes at once. */
export const startSweeper = (app: App, everyMs: number): Loop =>
  startLoop(everyMs, app.log, 'sweeper', () => sweepOnce(app))
