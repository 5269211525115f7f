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

/** The watchdog in a process of its own; started again should it die. It goes when its standard input closes. */
export const startWatchdog = (database: DatabaseAddress, env: NodeJS.ProcessEnv, log: Log): Watchdog => {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let child = launch()

  function launch() {
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
      env: { ...env, SUTURE_WATCHDOG_DATABASE: JSON.stringify(database) },
    })
    started.on('exit', (code, signal) => {
      if (stopping) return
      log.error({ code, signal }, 'the watchdog died and is started again')
      timer = setTimeout(() => {
        child = launch()
      }, restartMs)
    })
    started.stdin.on('error', () => undefined)
    return started
  }

  return {
    alive: () => child.exitCode === null && child.signalCode === null,
    stop: () =>
      new Promise((resolve) => {
        stopping = true
        clearTimeout(timer)
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.stdin.end()
        setTimeout(() => child.kill('SIGKILL'), stopWithinMs).unref()
      }),
  }
}
