import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { labPolicyPath } from '../../src/start/lab.ts'
import { endChild } from './child.ts'
import type { Closers } from './closers.ts'
import { freePort } from './free-port.ts'
import type { BenchPostgres } from './postgres.ts'

export interface BenchSuture {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** Bearer token of the Alertmanager intake. */
  readonly secret: string
  /** The key shown at the first start on this database; at a later one there is none, and it throws. */
  readonly adminKey: () => Promise<string>
  /** From the start of the process to the first 200 of GET /health. */
  readonly readyMs: number
  readonly stop: () => Promise<void>
}

export interface SutureOptions {
  readonly folder: string
  /** Null: the embedded database in `folder`, as `npm start` does it. */
  readonly database: BenchPostgres | null
  readonly catalogue?: string
  readonly env?: NodeJS.ProcessEnv
}

const main = fileURLToPath(new URL('../../src/begin.js', import.meta.url))
const readyWithinMs = 60_000
const pollMs = 2
const secret = 'secret-of-the-bench'

/** The whole of Suture in a process of its own, all roles, with the settings of a user who set nothing but addresses. */
export const startSuture = async (options: SutureOptions, closers: Closers): Promise<BenchSuture> => {
  const port = await freePort()
  const logFile = join(options.folder, 'suture.log')
  const log = openSync(logFile, 'a')
  const logged = readFileSync(logFile, 'utf8').length
  const started = performance.now()
  const child = spawn(process.execPath, [...profiling(), main], {
    cwd: options.folder,
    stdio: ['ignore', log, log],
    env: { ...cleanEnvironment(), ...settingsOf(options, port), ...options.env },
  })
  closeSync(log)
  const stop = (): Promise<void> => endChild(child, 'SIGINT')
  closers.add(stop)
  const url = `http://127.0.0.1:${port}`
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || performance.now() - started > readyWithinMs)
      throw new Error(
        `Suture did not get ready; it said:\n${readFileSync(logFile, 'utf8').slice(logged).slice(-4_000)}`,
      )
    await sleep(pollMs)
  }
  const readyMs = performance.now() - started
  return { port, url, pid: child.pid ?? 0, secret, adminKey: () => keyShownIn(logFile), readyMs, stop }
}

const shownWithinMs = 5_000

const keyShownIn = async (logFile: string): Promise<string> => {
  const deadline = performance.now() + shownWithinMs
  for (;;) {
    const key = /sut_\S+/.exec(readFileSync(logFile, 'utf8'))?.[0]
    if (key !== undefined) return key
    if (performance.now() > deadline) throw new Error(`Suture showed no admin key; see ${logFile}`)
    await sleep(pollMs)
  }
}

const settingsOf = ({ folder, database, catalogue }: SutureOptions, port: number): NodeJS.ProcessEnv => ({
  SUTURE_LAB: 'off',
  SUTURE_PORT: String(port),
  SUTURE_DATA_DIR: join(folder, 'suture'),
  SUTURE_ALERTMANAGER_SECRET: secret,
  // Benches run at any hour, so every window is open.
  SUTURE_POLICY: labPolicyPath,
  ...(catalogue === undefined ? {} : { SUTURE_CATALOGUE: catalogue }),
  ...(database === null ? {} : { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }),
})

/** Nothing of the caller's own Suture. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(SUTURE_|SELF_HEAL_|DATABASE_|REDIS_|NODE_COMPILE_CACHE)/.test(name),
    ),
  )

/** `BENCH_CPU_PROFILE=folder` writes Suture's CPU profile there, to see where its time goes. */
const profiling = (): string[] => {
  const folder = process.env['BENCH_CPU_PROFILE']
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

const isHealthy = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}
