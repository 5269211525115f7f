import { readdirSync, readFileSync } from 'node:fs'

/** One line of the process table, read from /proc/PID/stat (proc(5)). */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** `Z` and `X` are dead and wait only to be collected. */
  readonly state: string
  /** Start in clock ticks since boot. */
  readonly startTicks: string
}

/** Null when there is no such process, or no /proc. */
export function readRow(pid: number): ProcessRow | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The name in parentheses may hold spaces and parentheses of its own: fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', parent = '', group = ''] = fields
  const startTicks = fields[19]
  return startTicks === undefined
    ? null
    : { pid, parent: Number(parent), group: Number(group), state, startTicks }
}

export const isDead = (row: ProcessRow): boolean => row.state === 'Z' || row.state === 'X'

/** Every process that can be seen from here; empty where there is no /proc. */
export function readTable(): ProcessRow[] {
  return pids().flatMap((pid) => readRow(pid) ?? [])
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Children, their children and so on, parents first. Whoever was orphaned belongs to init and isn't found this way. */
export function descendantsOf(pid: number, table: readonly ProcessRow[]): ProcessRow[] {
  const children = Map.groupBy(table, (row) => row.parent)
  const found: ProcessRow[] = []
  const queue = [pid]
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    for (const child of children.get(next) ?? []) {
      found.push(child)
      queue.push(child.pid)
    }
  return found
}

/** The environment a process was started with carries this entry; false where it can't be read. */
export function carries(pid: number, entry: string): boolean {
  return environmentOf(pid).includes(entry)
}

/** `NAME=value` entries; empty where they can't be read. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}
