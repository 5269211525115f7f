import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessIdentity } from '../../../src/app/ports.ts'
import { compareIdentity } from './identity.ts'
import { killMembers, type Mark, membersOf, send } from './signal.ts'
import { environmentOf, isDead, readRow } from './table.ts'

export const EFFECT_KEY_VARIABLE = 'SUTURE_EFFECT_KEY'

const PATIENCE_MS = 2_000
const POLL_MS = 10

/**
 * Ends a command and everything it started, for one who is not its parent: the watchdog, after a worker died. Acts only
 * when start time and boot still match, so that a pid given out anew is never hit. Killing the leader of a PID namespace
 * kills its init (`unshare --kill-child`), and with that the kernel everything inside; the rest is found one by one.
 * `not_ours` also when the machine can't tell, or the process may not be signalled: the log says which.
 */
export async function killProcess(
  identity: ProcessIdentity,
  log: (sentence: string) => void,
): Promise<'killed' | 'gone' | 'not_ours'> {
  const { pid, startTicks } = identity
  const found = compareIdentity(identity)
  if (found === 'gone') {
    log(`process ${pid} has ended by itself`)
    return 'gone'
  }
  if (found === 'other') {
    log(
      `process ${pid} is another one than was recorded, started at tick ${startTicks ?? 'unknown'}: left alone`,
    )
    return 'not_ours'
  }
  if (found === 'unsure' || startTicks === null) {
    log(`process ${pid} can't be told from a later one without its start time: left alone, end it by hand`)
    return 'not_ours'
  }
  const mark = markOf(pid)
  // From the inside out: once the leader is dead, its orphans can be found by group and mark only.
  let killed = killMembers(pid, startTicks, mark)
  if (compareIdentity(identity) === 'same') {
    send(-pid, 'SIGKILL')
    if (!send(pid, 'SIGKILL') && compareIdentity(identity) === 'same') {
      log(`process ${pid} may not be signalled by this user: end it by hand`)
      return 'not_ours'
    }
  }
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    if (isGone(pid, startTicks) && membersOf(pid, startTicks, mark).length === 0) break
    await sleep(POLL_MS)
    killed += killMembers(pid, startTicks, mark)
  }
  log(
    isGone(pid, startTicks)
      ? `process ${pid} was killed, and ${killed} that it had started`
      : `process ${pid} got SIGKILL but still stands after ${PATIENCE_MS} ms: the kernel holds it, most likely in disk or network IO`,
  )
  return 'killed'
}

function isGone(pid: number, startTicks: string): boolean {
  const row = readRow(pid)
  return row === null || row.startTicks !== startTicks || isDead(row)
}

function markOf(pid: number): Mark {
  return environmentOf(pid).find((entry) => entry.startsWith(`${EFFECT_KEY_VARIABLE}=`)) ?? null
}
