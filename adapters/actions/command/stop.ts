import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessIdentity } from '../../../src/app/ports.ts'
import { EFFECT_KEY_VARIABLE } from '../process/kill-tree.ts'
import { killMembers, membersOf, send, signalAll } from '../process/signal.ts'
import { childrenOf, isDead, treeOf } from '../process/table.ts'
import type { Containment } from './containment.ts'
import type { StartedCommand } from './start.ts'

const KILL_PATIENCE_MS = 5_000
const INIT_PATIENCE_MS = 500

export interface Stopping {
  readonly command: StartedCommand
  readonly identity: ProcessIdentity
  readonly effectKey: string
  readonly kind: Containment
  /** Called once when SIGTERM was not enough. */
  readonly beforeKill?: () => void
}

const markOf = (effectKey: string) => `${EFFECT_KEY_VARIABLE}=${effectKey}`

/** SIGTERM to all of it, SIGKILL after `graceMs`. Resolves when it is dead, or `stuck` if even SIGKILL did not help. */
export async function stopCommand(
  stopping: Stopping,
  graceMs: number,
): Promise<'ended' | 'killed' | 'stuck'> {
  const { command, identity, kind } = stopping
  const { pid } = identity
  const since = identity.startTicks ?? '0'
  const mark = markOf(stopping.effectKey)
  if (graceMs > 0) {
    askToEnd(pid, since, mark, kind)
    if (await endsWithin(command, graceMs)) return 'ended'
  }
  stopping.beforeKill?.()
  if (kind === 'pid_namespace' && killInit(pid) && (await endsWithin(command, INIT_PATIENCE_MS)))
    return 'killed'
  // Seen before anything is killed: who descends from whom is forgotten with the parents.
  const members = membersOf(pid, since, mark)
  if (isRunning(command)) {
    send(-pid, 'SIGKILL')
    send(pid, 'SIGKILL')
  }
  signalAll(members, 'SIGKILL')
  killMembers(pid, since, mark)
  return (await endsWithin(command, KILL_PATIENCE_MS)) ? 'killed' : 'stuck'
}

function askToEnd(pid: number, since: string, mark: string, kind: Containment): void {
  if (kind === 'pid_namespace') {
    // Whoever was orphaned in a namespace hangs below its init: nobody else needs to be looked at. The leader is unshare and
    // must stay to collect its init, whose end is the end of everything inside.
    signalAll(treeOf(pid), 'SIGTERM')
    return
  }
  const others = membersOf(pid, since, mark).filter((row) => row.group !== pid)
  send(-pid, 'SIGTERM')
  signalAll(others, 'SIGTERM')
}

/**
 * The first process of a namespace takes all others along, and its parent collects it only when all of them are gone: one
 * signal, however many there are and however fast they fork. False when there is none yet.
 */
function killInit(leader: number): boolean {
  return (
    signalAll(
      childrenOf(leader).filter((row) => !isDead(row)),
      'SIGKILL',
    ) > 0
  )
}

/** After the leader has ended: whoever it left behind. A namespace leaves nobody. */
export function sweep({ identity, effectKey, kind }: Stopping): number {
  return kind === 'pid_namespace'
    ? 0
    : killMembers(identity.pid, identity.startTicks ?? '0', markOf(effectKey))
}

/** Until Node has collected it, the pid can't belong to another. */
const isRunning = ({ child }: StartedCommand): boolean => child.exitCode === null && child.signalCode === null

export async function endsWithin({ ended }: Pick<StartedCommand, 'ended'>, ms: number): Promise<boolean> {
  return settlesWithin(ended, ms)
}

export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const waiting = new AbortController()
  const timeUp = sleep(ms, false, { signal: waiting.signal }).catch(() => false)
  const settled = await Promise.race([promise.then(() => true), timeUp])
  waiting.abort()
  return settled
}
