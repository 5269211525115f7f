import { z } from 'zod'
import type { App } from '../src/app/app.ts'
import { endOverdueRuns } from '../src/app/end-overdue-runs.ts'
import { readSettings } from '../src/config.ts'
import { openWatchdogContext } from '../src/context.ts'
import { createLog } from '../src/log.ts'
import { startLoop } from './sweeper.ts'

/**
 * A process of its own, started by `main`: it ends runs whose worker hangs, is stopped, or is gone. It holds no queue and
 * no HTTP, so that what stops a worker does not stop it. When `main` dies, the pipe on its standard input closes and it
 * goes too, after one last look.
 */
const everyMs = 1_000

/** `main` passes on what is in no setting: the embedded database's address, and where its log goes. */
const FromMain = z.object({
  database: z.object({ url: z.string(), assumeAppRole: z.boolean() }),
  logFile: z.string().nullable(),
})

const run = async (): Promise<void> => {
  const read = readSettings(process.env)
  if (!read.ok)
    throw new Error(read.problems.map((problem) => `${problem.name}: ${problem.problem}`).join('; '))
  const { database, logFile } = FromMain.parse(JSON.parse(process.env['SUTURE_WATCHDOG'] ?? 'null'))
  const log = createLog(read.settings.SUTURE_LOG_LEVEL, logFile ?? undefined)
  const mainGone = new Promise<void>((resolve) => {
    process.stdin.on('close', resolve)
    process.stdin.on('error', () => resolve())
  })
  process.stdin.resume()
  // A Ctrl-C reaches the whole process group; `main` drains first and then closes the pipe.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

  const open = () => openWatchdogContext(read.settings, process.env, database, log)
  const { app, kill, close } = await untilItOpens(open, log, mainGone)
  const loop = startLoop(everyMs, app.log, 'watchdog', () => endOverdueRuns(app, kill))
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid })}\n`)
  await mainGone
  await loop.stop()
  await close()
  process.exit(0)
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
