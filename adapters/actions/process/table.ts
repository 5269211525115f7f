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

/** The living and the dead children of a process as the kernel lists them (proc(5), task/TID/children); null where it doesn't. */
function childPids(pid: number): number[] | null {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return null
  }
}

/** Children of one process, without a look at all the others where the kernel lists them. */
export function childrenOf(pid: number): ProcessRow[] {
  const pids = childPids(pid)
  return pids === null
    ? readTable().filter((row) => row.parent === pid)
    : pids.flatMap((child) => readRow(child) ?? [])
}

/** Everything below one process, parents first. Reads only what it returns, so the cost is that of the tree alone. */
export function treeOf(pid: number): ProcessRow[] {
  const found: ProcessRow[] = []
  const queue = [pid]
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    for (const child of childrenOf(next)) {
      found.push(child)
      queue.push(child.pid)
    }
  return found
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
