import { readFileSync } from 'node:fs'
import type { ProcessIdentity } from '../../../src/app/ports.ts'
import { isDead, readRow } from './table.ts'

/** How the process with this pid is told from another that gets the pid later; null when there is none. */
export function identityOf(pid: number): ProcessIdentity | null {
  const row = readRow(pid)
  if (row !== null) return { pid, startTicks: row.startTicks, bootId: readBootId() }
  return isAlive(pid) ? { pid, startTicks: null, bootId: null } : null
}

/** `same` only when start time and boot agree; `unsure` where there is no /proc to tell. */
export function compareIdentity(identity: ProcessIdentity): 'same' | 'gone' | 'other' | 'unsure' {
  const { pid, startTicks, bootId } = identity
  if (!Number.isSafeInteger(pid) || pid <= 1) return 'other'
  if (bootId !== null && bootId !== readBootId()) return 'gone'
  const row = readRow(pid)
  if (row === null) return isAlive(pid) ? 'unsure' : 'gone'
  if (startTicks === null || bootId === null) return 'unsure'
  if (row.startTicks !== startTicks) return 'other'
  return isDead(row) ? 'gone' : 'same'
}

/** Differs after every boot, when pids and start times begin again. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
