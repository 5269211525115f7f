import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'

/** What `postmaster.pid` says; the server writes it at its start and keeps its status there. */
export type PidFile = { pid: number; port: number; status: string }

const fileOf = (data: string) => join(data, 'postmaster.pid')

/** undefined when there is none, or when it is only half written. */
export function readPidFile(data: string): PidFile | undefined {
  let lines: string[]
  try {
    lines = readFileSync(fileOf(data), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? '' }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Whether `pid` is a server that works in `data`: a pid alone may long belong to somebody else (in a container it
 * soon does). A postmaster's working directory is its data directory; a dead one not yet reaped has none.
 */
export function isServerOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false
  if (platform() !== 'linux') return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data
  } catch {
    return false
  }
}

/** The live server of `data`, starting, ready or stopping. */
export function runningServer(data: string): PidFile | undefined {
  const file = readPidFile(data)
  return file && isServerOf(file.pid, data) ? file : undefined
}

/**
 * Makes a pid file left by a dead server harmless when its pid belongs to another process by now: PostgreSQL would
 * refuse to start. It ignores a file with its parent's pid, so ours goes in; the rest stays, because by it
 * PostgreSQL still finds backends that outlived their postmaster.
 */
export function disownStalePidFile(data: string): void {
  const file = readPidFile(data)
  if (!file || !isAlive(file.pid) || isServerOf(file.pid, data)) return
  const rest = readFileSync(fileOf(data), 'utf8').split('\n').slice(1)
  writeFileSync(fileOf(data), [process.pid, ...rest].join('\n'))
}
