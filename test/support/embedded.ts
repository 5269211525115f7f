import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../adapters/postgres/embedded.ts'
import { sharedFolder } from '../../adapters/postgres/location.ts'
import { runningServer } from '../../adapters/postgres/pid-file.ts'
import { stopServer } from '../../adapters/postgres/postmaster.ts'
import type { Said } from './embedded-holder.ts'

/** A folder for one test; whatever server still works below it at the end is stopped and the folder removed. */
export function dataFolder(name = 'data'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'suture-embedded-')))
  // As root the server runs as another user, who has to pass this folder.
  chmodSync(folder, 0o711)
  const dataDir = join(folder, name)
  onTestFinished(() => removeData(dataDir, folder))
  return dataDir
}

/**
 * Ends the server of `dataDir` and removes `folder` around it, wherever the database is kept: root keeps it elsewhere when
 * the server's user can't pass `folder`. What used the database must have ended before, or it starts the server again.
 */
export async function removeData(dataDir: string, folder: string): Promise<void> {
  const shared = sharedFolder(existsSync(dataDir) ? realpathSync(dataDir) : dataDir)
  await removeCluster(join(shared, 'postgres'), shared)
  await removeCluster(join(dataDir, 'postgres'), folder)
}

export async function removeCluster(directory: string, folder: string): Promise<void> {
  const data = join(directory, 'data')
  const running = existsSync(data) ? runningServer(data) : undefined
  if (running) await stopServer(running.pid, data, () => undefined)
  rmSync(folder, { recursive: true, force: true })
}

/** Starts in this process; stopped at the end of the test if the test didn't. */
export async function start(
  dataDir: string,
  options: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedPostgres & { log: string[] }> {
  const log: string[] = []
  const server = await startEmbeddedPostgres({ dataDir, log: (line) => log.push(line), ...options })
  onTestFinished(() => server.stop())
  return { ...server, log }
}

export type Holder = { said: Said; child: ChildProcess; killHard(): Promise<void>; end(): Promise<void> }

/** Starts in a process of its own and waits for what it says. */
export async function startProcess(args: string[], options: SpawnOptions = {}): Promise<Holder> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'embedded-holder.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })
  const exited = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  onTestFinished(() => kill('SIGKILL'))
  if (!child.stdout) throw new Error('the holder has no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Said
    return { said, child, killHard: () => kill('SIGKILL'), end: () => kill('SIGTERM') }
  }
  throw new Error(`the holder ended without a word (exit code ${child.exitCode})`)
}

/** As `startProcess`, for a start that must succeed. */
export async function startedProcess(args: string[], options: SpawnOptions = {}) {
  const holder = await startProcess(args, options)
  if (holder.said.kind === 'refused') throw new Error(holder.said.message)
  return { ...holder, said: holder.said }
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}

/** The pid of the server of the cluster in `directory`. */
export function serverPid(directory: string): number {
  const running = runningServer(join(directory, 'data'))
  if (!running) throw new Error(`no server runs in ${directory}`)
  return running.pid
}

/** Every live process that names `path` on its command line or works below it. */
export function processesOn(path: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid, line: commandLine(pid) }))
    .filter(({ line }) => line.includes(path))
    .map(({ pid, line }) => `${pid} ${line}`)
}

function commandLine(pid: string): string {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') + realpathSync(`/proc/${pid}/cwd`)
    )
  } catch {
    return ''
  }
}
