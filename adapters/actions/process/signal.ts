import { carries, descendantsOf, isDead, type ProcessRow, readRow, readTable } from './table.ts'

/** What belongs to one started command: whoever descends from it, shares its group, or carries its mark. */

/** `NAME=value` in the environment, unique to the command: finds who left group and parents by setsid and a double fork. */
export type Mark = string | null

/** Everything of the tree but the leader itself, alive at this moment. */
export function membersOf(leader: number, since: string, mark: Mark): ProcessRow[] {
  const table = readTable()
  const related = new Set(descendantsOf(leader, table).map((row) => row.pid))
  return table.filter(
    (row) =>
      row.pid !== leader &&
      row.pid !== process.pid &&
      !isDead(row) &&
      // A pid that was given out anew can make anything look related; nothing of ours is older than the leader.
      BigInt(row.startTicks) >= BigInt(since) &&
      (related.has(row.pid) || row.group === leader || (mark !== null && carries(row.pid, mark))),
  )
}

/** Signals each one if it still is the process that was seen. Returns how many were reached. */
export function signalAll(rows: readonly ProcessRow[], signal: NodeJS.Signals): number {
  return rows.filter((row) => readRow(row.pid)?.startTicks === row.startTicks && send(row.pid, signal)).length
}

/** False when there is no such process (a negative number: group), or it may not be signalled. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** One that moves on by fork is hit by chance, a few in a hundred rounds at the worst; a round costs milliseconds. */
const MOST_ROUNDS = 25

const nameOf = ({ pid, startTicks }: ProcessRow): string => `${pid}:${startTicks}`

/** SIGKILL until nobody is left: one who forks while being looked for is found in the next round. */
export function killMembers(leader: number, since: string, mark: Mark): number {
  let killed = 0
  // A process takes a moment to die of SIGKILL: once is enough, and only new ones are a reason to look again.
  const hit = new Set<string>()
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const rows = membersOf(leader, since, mark).filter((row) => !hit.has(nameOf(row)))
    if (rows.length === 0) break
    killed += signalAll(rows, 'SIGKILL')
    for (const row of rows) hit.add(nameOf(row))
  }
  return killed
}
