import { spawn } from 'node:child_process'
import { closeSync, fstatSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Location } from './location.ts'
import { disownStalePidFile, isServerOf, readPidFile } from './pid-file.ts'
import { logFile, logSince, openLog } from './server-log.ts'
import { SERVER_ENVIRONMENT, SERVER_SETTINGS } from './settings.ts'

const POLL_MS = 3
/** How long `SIGINT` (roll back, write a checkpoint, end) may take before `SIGQUIT` (end, recover at the next start). */
const FAST_STOP_MS = 10_000
/** How long `SIGQUIT` may take; PostgreSQL itself kills its children after 5 s. */
const IMMEDIATE_STOP_MS = 7_000

export type Launch = {
  location: Location
  /** The program `postgres`. */
  postgres: string
  port: number
  settings: Readonly<Record<string, string>>
}

/** `ready`, or why it is not: all but `failed` can be tried again. */
export type Launched =
  | { kind: 'ready'; pid: number }
  | { kind: 'port_taken' }
  /** Another start was quicker, or processes of a killed server have not noticed yet. */
  | { kind: 'data_in_use' }
  | { kind: 'failed'; reason: string }

/** Starts a server in a session of its own, so that Ctrl-C in a terminal does not reach it before the drain. */
export async function launch({ location, postgres, port, settings }: Launch): Promise<Launched> {
  disownStalePidFile(location.data)
  const args = Object.entries({ ...SERVER_SETTINGS, ...settings, port: String(port) })
  const log = openLog(location.directory)
  const logged = fstatSync(log).size
  const child = spawn(
    postgres,
    ['-D', location.data, ...args.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...location.user,
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', log, log],
      detached: true,
    },
  )
  closeSync(log)
  let ended: string | undefined
  child.on('error', (error) => {
    ended = error.message
  })
  child.on('exit', (code, signal) => {
    ended ??= `it ended with ${signal ?? `exit code ${code}`}`
  })
  child.unref()
  while (ended === undefined) {
    const file = readPidFile(location.data)
    if (file?.pid === child.pid && file?.status === 'ready') return { kind: 'ready', pid: file.pid }
    await sleep(POLL_MS)
  }
  return explain(logSince(location.directory, logged), ended, location)
}

function explain(said: string, ended: string, { directory }: Location): Launched {
  if (said.includes('could not create any TCP/IP sockets')) return { kind: 'port_taken' }
  if (/lock file "postmaster\.pid" (already exists|is empty)|pre-existing shared memory block/.test(said)) {
    return { kind: 'data_in_use' }
  }
  return {
    kind: 'failed',
    reason: `PostgreSQL did not start: ${ended}. It said (${logFile(directory)}):\n${said}`,
  }
}

/** Waits while the server `pid` starts, recovers or stops; whether it is ready (or gone) in the end. */
export async function becomesReady(pid: number, data: string): Promise<boolean> {
  while (isServerOf(pid, data)) {
    if (readPidFile(data)?.status === 'ready') return true
    await sleep(POLL_MS)
  }
  return false
}

/** Stops the server `pid` of `data` and waits for its end; harsher as time goes by. */
export async function stopServer(pid: number, data: string, log: (line: string) => void): Promise<void> {
  if (await endsBy(pid, data, 'SIGINT', FAST_STOP_MS)) return
  log(
    `PostgreSQL (pid ${pid}) did not stop within ${FAST_STOP_MS / 1000} s; it is stopped at once and recovers at its next start`,
  )
  if (await endsBy(pid, data, 'SIGQUIT', IMMEDIATE_STOP_MS)) return
  await endsBy(pid, data, 'SIGKILL', IMMEDIATE_STOP_MS)
}

async function endsBy(pid: number, data: string, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  if (isServerOf(pid, data)) process.kill(pid, signal)
  while (isServerOf(pid, data)) {
    if (performance.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return true
}
