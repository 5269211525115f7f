import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Log } from '../app/app.ts'
import type { DatabaseAddress } from '../context.ts'

export interface Watchdog {
  readonly alive: () => boolean
  readonly stop: () => Promise<void>
}

const file = fileURLToPath(new URL('../../jobs/watchdog.ts', import.meta.url))
const restartMs = 1_000
const stopWithinMs = 3_000

/**
 * The watchdog in a process of its own; started again should it die. It goes when it is told to, and when its standard
 * input closes. Its log lines go to `logFile`, or to standard error.
 */
export const startWatchdog = (
  database: DatabaseAddress,
  env: NodeJS.ProcessEnv,
  log: Log,
  logFile: string | null,
  { secrets, undoes }: { readonly secrets: Readonly<Record<string, string>>; readonly undoes: boolean },
): Watchdog => {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let child = launch()

  function launch() {
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
      stdio: ['pipe', 'ignore', logFile === null ? 'inherit' : 'ignore'],
      detached: true,
      env: { ...env, SUTURE_WATCHDOG: JSON.stringify({ database, logFile, secrets, undoes }) },
    })
    const again = (details: object): void => {
      if (stopping) return
      log.error(details, 'the watchdog died and is started again')
      clearTimeout(timer)
      timer = setTimeout(() => {
        child = launch()
      }, restartMs)
    }
    started.on('exit', (code, signal) => again({ code, signal }))
    // Not even started: the machine has no process left to give.
    started.on('error', (error) => again({ error: error.message }))
    started.stdin.on('error', () => undefined)
    return started
  }

  const gone = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null
  return {
    alive: () => !gone(),
    stop: () =>
      new Promise((resolve) => {
        stopping = true
        clearTimeout(timer)
        if (gone()) return resolve()
        child.once('exit', () => resolve())
        child.stdin.end('go\n')
        setTimeout(() => child.kill('SIGKILL'), stopWithinMs).unref()
      }),
  }
}
