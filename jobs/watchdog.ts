import { z } from 'zod'
import type { App } from '../src/app/app.ts'
import { watchOnce } from '../src/app/end-overdue-runs.ts'
import { silentGraceMs } from '../src/app/run/overdue-times.ts'
import { runsUnderWay } from '../src/app/runs-under-way.ts'
import { readSettings } from '../src/config.ts'
import { openWatchdogContext } from '../src/context.ts'
import { createLog } from '../src/log.ts'
import { giveBackMemorySoon } from '../src/start/give-back.ts'
import { startLoop } from './sweeper.ts'

/**
 * A process of its own, started by `main`: it undoes and ends runs whose worker hangs, is stopped, or is gone. It holds no queue and
 * no HTTP, so that what stops a worker does not stop it. Before it ends, `main` tells it to go. When `main` dies instead, the pipe
 * on its standard input closes without a word: then it stays until the runs that were under way have ended, because nobody
 * else may be left to see to that.
 */
const everyMs = 1_000

/** `main` passes on what is in no setting: the embedded database's address, and where its log goes. */
const FromMain = z.object({
  database: z.object({ url: z.string(), assumeAppRole: z.boolean() }),
  logFile: z.string().nullable(),
  /** By name: what undoing a lab's run needs. */
  secrets: z.record(z.string(), z.string()),
  /** Undoing acts on targets as a worker does, commands on its own machine: only beside a worker may it. */
  undoes: z.boolean(),
})

const run = async (): Promise<void> => {
  const read = readSettings(process.env)
  if (!read.ok)
    throw new Error(read.problems.map((problem) => `${problem.name}: ${problem.problem}`).join('; '))
  const { database, logFile, secrets, undoes } = FromMain.parse(
    JSON.parse(process.env['SUTURE_WATCHDOG'] ?? 'null'),
  )
  const log = createLog(read.settings.SUTURE_LOG_LEVEL, logFile ?? undefined)
  const mainGone = new Promise<void>((resolve) => {
    process.stdin.on('close', resolve)
    process.stdin.on('error', () => resolve())
  })
  let dismissed = false
  process.stdin.on('data', () => {
    dismissed = true
  })
  // A Ctrl-C reaches the whole process group; `main` drains first and then closes the pipe.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

  const open = () => openWatchdogContext(read.settings, process.env, database, log, secrets)
  const { app, kill, close } = await untilItOpens(open, log, mainGone)
  const loop = startLoop(everyMs, app.log, 'watchdog', () => watchOnce(app, kill, undoes))
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid })}\n`)
  giveBackMemorySoon()
  await mainGone
  const longestMs = read.settings.SELF_HEAL_RUN_TIMEOUT_MIN * 60_000 + 2 * silentGraceMs
  if (!dismissed) await untilEnded(app, longestMs)
  await loop.stop()
  await close()
  process.exit(0)
}

/** Waits for the runs that are under way now, not for those that others begin later. Gives up after `longestMs`. */
const untilEnded = async (app: App, longestMs: number): Promise<void> => {
  const until = app.clock.monotonicMs() + longestMs
  let waitedFor: ReadonlySet<string> | null = null
  while (app.clock.monotonicMs() < until) {
    try {
      const now: ReadonlySet<string> = await runsUnderWay(app)
      waitedFor = new Set([...now].filter((run) => waitedFor?.has(run) ?? true))
      if (waitedFor.size === 0) return
    } catch (error) {
      app.log.warn({ loop: 'watchdog', error: String(error) }, 'the database is away; it is tried again')
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** The database may be away just when this process begins. */
const untilItOpens = async <T>(
  open: () => Promise<T>,
  log: App['log'],
  mainGone: Promise<void>,
): Promise<T> => {
  void mainGone.then(() => {
    if (!opened) process.exit(0)
  })
  let opened = false
  for (;;)
    try {
      const result = await open()
      opened = true
      return result
    } catch (error) {
      log.warn(
        { loop: 'watchdog', error: error instanceof Error ? error.message : String(error) },
        'the database is away; it is tried again',
      )
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
}

await run()
