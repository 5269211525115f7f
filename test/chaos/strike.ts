import { setTimeout as pause } from 'node:timers/promises'
import type { Cell } from './cell.ts'
import { untilOver } from './incident.ts'
import { changesAfterEnd, isOver, look, type Seen } from './judge.ts'
import type { Case, Kind, Place } from './plan.ts'
import type { Random } from './random.ts'
import type { Deed, SutureProcess } from './suture-process.ts'

/** The blow of a case, and what is to be looked at afterwards. */

const pollMs = 15
/** Past the lease of a worker that doesn't renew it. */
const leaseMs = 1_000
/** A run that was approved is claimed long before. */
const claimedWithinMs = 90_000

export interface Struck {
  readonly struck: boolean
  /** What is still to be looked at once the run is over. */
  readonly after: (seen: Seen) => Promise<string[]>
}

type Approve = () => Promise<unknown>
const nothingMore = async (): Promise<string[]> => []

export const strike = async (
  cell: Cell,
  given: Case,
  runId: string,
  approve: Approve,
  random: Random,
): Promise<Struck> => {
  switch (given.kind) {
    case 'kill':
    case 'kill_twice': {
      const victim = await atPlace(cell, given, 'kill', runId, approve)
      if (victim === null) return { struck: false, after: nothingMore }
      if (given.second !== null) await armAll(cell, given.second, 'kill')
      cell.replaceWorkers(given.workers)
      return { struck: true, after: nothingMore }
    }
    case 'kill_any': {
      await approve()
      const holder = await holderOf(cell, runId)
      await pause(random.between(0, 120))
      holder?.signal('SIGKILL')
      await holder?.ended
      cell.replaceWorkers(given.workers)
      return { struck: holder !== null, after: nothingMore }
    }
    case 'stop':
    case 'stop_short': {
      const victim = await atPlace(cell, given, 'stop', runId, approve)
      if (victim === null) return { struck: false, after: nothingMore }
      if (given.kind === 'stop') return { struck: true, after: (seen) => wake(cell, [victim], runId, seen) }
      await pause(leaseMs + random.between(-200, 800))
      victim.signal('SIGCONT')
      return { struck: true, after: (seen) => wake(cell, [victim], runId, seen) }
    }
    case 'database_restart':
    case 'database_crash':
    case 'queue_flush':
    case 'duplicates': {
      const victim = await atPlace(cell, given, 'hold', runId, approve)
      await disturb(cell, given.kind, runId)
      victim?.release()
      const after = given.kind === 'duplicates' ? (seen: Seen) => ringLate(cell, runId, seen) : nothingMore
      return { struck: victim !== null, after }
    }
    case 'no_worker': {
      const victim = await atPlace(cell, given, 'kill', runId, approve)
      const { run } = await look(cell, runId)
      // It had not begun: it has no deadline yet, and waits for a worker.
      if (run.status === 'queued') cell.replaceWorkers(1)
      return {
        struck: victim !== null,
        after: async (seen) => {
          await cell.haveWorkers(given.workers)
          return ringLate(cell, runId, seen)
        },
      }
    }
    case 'all_stopped': {
      await approve()
      await holderOf(cell, runId)
      await pause(random.between(0, 120))
      const stopped = cell.workers()
      for (const worker of stopped) worker.signal('SIGSTOP')
      return { struck: true, after: (seen) => wake(cell, stopped, runId, seen) }
    }
  }
}

/** Arms every worker, approves, and waits for the first that comes by; null when the run ends before. */
const atPlace = async (
  cell: Cell,
  { place }: Case,
  deed: Deed,
  runId: string,
  approve: Approve,
): Promise<SutureProcess | null> => {
  if (place === null) throw new Error('this kind of case needs a place')
  const workers = cell.workers()
  const over = new AbortController()
  const first = Promise.race(
    workers.map(async (worker) => {
      const hit =
        deed === 'kill'
          ? worker.ended.then(() => true)
          : worker.says(deed === 'stop' ? 'stopping' : 'holding')
      return (await hit) ? worker : new Promise<never>(() => undefined)
    }),
  )
  await armAll(cell, place, deed)
  await approve()
  const victim = await Promise.race([first, untilOver(cell, runId, over.signal).then(() => null)])
  over.abort()
  await Promise.all(
    cell
      .workers()
      .filter((worker) => worker !== victim)
      .map((worker) => worker.disarm()),
  )
  return victim
}

const armAll = async (cell: Cell, { at, nth }: Place, deed: Deed): Promise<void> => {
  await Promise.all(cell.workers().map((worker) => worker.arm(at, nth, deed)))
}

/** Whoever claims the run; null when it is over before anybody was seen. */
const holderOf = async (cell: Cell, runId: string): Promise<SutureProcess | null> => {
  const until = performance.now() + claimedWithinMs
  while (performance.now() < until) {
    const [run] = await cell.rows<{ worker_id: string | null }>('select worker_id from run where id = $1', [
      runId,
    ])
    const holder = cell.workers().find(({ pid }) => run?.worker_id?.split(':')[1] === String(pid))
    if (holder !== undefined) return holder
    await pause(pollMs / 3)
  }
  return null
}

const disturb = async (
  cell: Cell,
  kind: Extract<Kind, 'database_restart' | 'database_crash' | 'queue_flush' | 'duplicates'>,
  runId: string,
): Promise<void> => {
  switch (kind) {
    case 'database_restart':
      return cell.database.restart('fast')
    case 'database_crash':
      return cell.database.restart('crash')
    case 'queue_flush':
      return cell.redis?.flush()
    case 'duplicates':
      for (const at of [1, 2, 3, 4, 4, 3]) await cell.ring(runId, `${runId}-again${at}`)
      return
  }
}

/** Workers that were stopped go on, and leave: then all that they could still do has been done. */
const wake = async (
  cell: Cell,
  workers: readonly SutureProcess[],
  runId: string,
  before: Seen,
): Promise<string[]> => {
  for (const worker of workers) {
    worker.signal('SIGCONT')
    worker.signal('SIGTERM')
  }
  const codes = await Promise.all(workers.map(({ ended }) => ended))
  return [
    ...codes.flatMap((code) =>
      code === 0 ? [] : [`a worker that was woken ended with ${code}, not in order`],
    ),
    ...(isOver(before) ? changesAfterEnd(before, await look(cell, runId)) : []),
  ]
}

/** Rings for a run that is over, and waits until somebody has heard them. */
const ringLate = async (cell: Cell, runId: string, before: Seen): Promise<string[]> => {
  const commits = (): number =>
    cell
      .workers()
      .reduce((sum, { passed }) => sum + passed.filter((at) => at.startsWith('committed:')).length, 0)
  const heard = commits()
  const rings = 3
  for (let at = 0; at < rings; at += 1) await cell.ring(runId, `${runId}-late${at}`)
  const until = performance.now() + 5_000
  while (commits() < heard + rings && performance.now() < until) await pause(pollMs)
  return changesAfterEnd(before, await look(cell, runId))
}
