import { setTimeout as pause } from 'node:timers/promises'
import { type Cell, leaseMs } from './cell.ts'
import { type Asked, standsOf, untilOver } from './incident.ts'
import { changesAfterEnd, isOver, look, type Seen } from './judge.ts'
import type { Case, Kind } from './plan.ts'
import type { Random } from './random.ts'
import type { Armed, Deed, SutureProcess } from './suture-process.ts'
import { trace, within } from './trace.ts'

/**
 * The blow of cases that are played together, and what is to be looked at afterwards. Each run is held at its own place, before or
 * after a durable write, and then one blow falls on the process that holds most of them: each of these is struck at the very place
 * that its case names. Runs that other processes hold are let go: theirs was missed, and they are tried again.
 */

const pollMs = 10
/** A run that was approved is claimed long before. */
const claimedWithinMs = 90_000
/**
 * Who has not come to its place when others wait this long goes there in another round. Well below the time after which PostgreSQL
 * ends a transaction that is idle, because a run that is held before a commit is in the middle of one.
 */
const heldForMs = 3_500

/** A case that is under way, and its run. */
export interface Player {
  readonly given: Case
  readonly asked: Asked
}

export interface Struck {
  /** Runs on which the blow fell at their place. */
  readonly struck: Set<string>
  /** What is still to be looked at once the runs are over: for each run the promises that are broken. */
  readonly after: (seen: ReadonlyMap<string, Seen>) => Promise<ReadonlyMap<string, readonly string[]>>
}

type Approve = (player: Player) => Promise<unknown>
type Broken = ReadonlyMap<string, readonly string[]>
const nothingMore = async (): Promise<Broken> => new Map()
const runsOf = (players: readonly Player[]): string[] => players.map(({ asked }) => asked.runId)

/** All of `players` are of one kind and of one number of workers. */
export const strike = async (
  cell: Cell,
  players: readonly [Player, ...Player[]],
  approve: Approve,
  random: Random,
): Promise<Struck> => {
  const { kind, workers } = players[0].given
  const runs = runsOf(players)
  switch (kind) {
    case 'kill': {
      const { victim, struck } = await atPlaces(cell, players, approve)
      await kill(victim)
      await letGo(cell.workers())
      cell.replaceWorkers(workers)
      return { struck, after: nothingMore }
    }
    case 'kill_twice': {
      const { victim, struck } = await atPlaces(cell, players, approve)
      await kill(victim)
      const others = cell.workers()
      await Promise.all(others.map((each) => each.arm(armedOf(players, 'second', 'kill'))))
      cell.replaceWorkers(workers)
      const after = async (): Promise<Broken> => {
        // Whoever took over has to have died at the second place.
        if (!others.some((each) => each.isGone())) struck.clear()
        return new Map()
      }
      return { struck, after }
    }
    case 'kill_any': {
      const approving = Promise.all(
        players.map(async (each) => {
          await pause(random.between(0, players.length * 15))
          await approve(each)
        }),
      )
      const [victim = null] = await holdersOf(cell, runs, random.between(1, runs.length))
      await pause(random.between(0, 120))
      await kill(victim)
      await approving
      const struck = await underWayAt(cell, runs, victim === null ? [] : [victim])
      cell.replaceWorkers(workers)
      return { struck, after: nothingMore }
    }
    case 'stop':
    case 'stop_short': {
      const { victim, struck } = await atPlaces(cell, players, approve)
      await victim?.stop()
      await letGo(cell.workers().filter((each) => each !== victim))
      if (kind === 'stop_short') {
        await pause(leaseMs + random.between(-200, 800))
        victim?.signal('SIGCONT')
      }
      return { struck, after: (seen) => wake(cell, victim === null ? [] : [victim], seen) }
    }
    case 'database_restart':
    case 'database_crash':
    case 'queue_flush':
    case 'duplicates': {
      const { held } = await atPlaces(cell, players, approve)
      await disturb(cell, kind, runs)
      await letGo(cell.workers())
      return { struck: held, after: kind === 'duplicates' ? (seen) => ringLate(cell, seen) : nothingMore }
    }
    case 'no_worker': {
      const { victim, struck } = await atPlaces(cell, players, approve)
      await kill(victim)
      const queued = [...(await standsOf(cell, runs))].filter(([, { status }]) => status === 'queued')
      if (queued.length > 0) {
        // What had not begun has no deadline yet, and waits for a worker: one comes when the others have ended without any.
        const waiting = new Set(queued.map(([runId]) => runId))
        await untilOver(
          cell,
          runs.filter((runId) => !waiting.has(runId)),
        )
        cell.replaceWorkers(1)
      }
      const after = async (seen: ReadonlyMap<string, Seen>): Promise<Broken> => {
        await cell.haveWorkers(workers)
        return ringLate(cell, seen)
      }
      return { struck, after }
    }
    case 'all_stopped': {
      await Promise.all(players.map(approve))
      await holdersOf(cell, runs, runs.length)
      await pause(random.between(0, 120))
      const stopped = cell.workers()
      for (const worker of stopped) worker.signal('SIGSTOP')
      const struck = await underWayAt(cell, runs, stopped)
      return { struck, after: (seen) => wake(cell, stopped, seen) }
    }
  }
}

const armedOf = (players: readonly Player[], which: 'place' | 'second', deed: Deed): Armed[] =>
  players.map(({ given, asked }) => {
    const { at, nth } = given[which] ?? missing(given)
    return { of: asked.runId, at, nth, deed }
  })

const missing = ({ id }: Case): never => {
  throw new Error(`${id} needs a place`)
}

interface AtPlaces {
  /** Who holds the most runs; null when all were over before they came to their places. */
  readonly victim: SutureProcess | null
  /** The runs that it holds. */
  readonly struck: Set<string>
  /** The runs that anybody holds. */
  readonly held: Set<string>
}

/**
 * Arms every worker, approves, and waits until each run is held at its place, or is over, or comes too late. Workers that take one
 * run at a time are full with it, so that the others are in the hands of the one that takes several.
 */
const atPlaces = async (cell: Cell, players: readonly Player[], approve: Approve): Promise<AtPlaces> => {
  const workers = cell.workers()
  await Promise.all(workers.map((each) => each.arm(armedOf(players, 'place', 'hold'))))
  await Promise.all(players.map(approve))
  const until = performance.now() + claimedWithinMs
  for (;;) {
    const stands = await standsOf(cell, runsOf(players))
    const now = performance.now()
    const [victim] = workers
      .filter((each) => !each.isGone() && each.held.size > 0)
      .toSorted((one, other) => other.held.size - one.held.size)
    const held = new Set(workers.filter((each) => !each.isGone()).flatMap((each) => [...each.held.keys()]))
    const isPending = [...stands].some(([runId, { finished }]) => !finished && !held.has(runId))
    const waited = [...((cell.wide() ?? victim)?.held.values() ?? [])].some(
      (since) => now - since > heldForMs,
    )
    if (isPending && !waited && now < until) {
      await pause(pollMs)
      continue
    }
    trace('held', { held: held.size, over: [...stands.values()].filter(({ finished }) => finished).length })
    return { victim: victim ?? null, struck: new Set(victim?.held.keys()), held }
  }
}

const kill = async (victim: SutureProcess | null): Promise<void> => {
  victim?.signal('SIGKILL')
  await victim?.ended
}

const letGo = async (workers: readonly SutureProcess[]): Promise<void> => {
  await Promise.all(workers.filter((each) => each.isReady()).map((each) => each.disarm()))
}

const processOf = (cell: Cell, workerId: string | null): SutureProcess | undefined =>
  cell.workers().find(({ pid }) => workerId?.split(':')[1] === String(pid))

/**
 * Whoever holds runs once at least so many of them have been claimed, who holds the most of them first; none when all are
 * over.
 */
const holdersOf = async (cell: Cell, runs: readonly string[], least: number): Promise<SutureProcess[]> => {
  const until = performance.now() + claimedWithinMs
  while (performance.now() < until) {
    const stands = [...(await standsOf(cell, runs)).values()]
    const holders = stands.flatMap(({ finished, workerId }) =>
      finished ? [] : (processOf(cell, workerId) ?? []),
    )
    const claimed = stands.filter(({ finished, workerId }) => finished || workerId !== null)
    if (claimed.length >= least && holders.length > 0) return mostFirst(holders)
    if (stands.every(({ finished }) => finished)) return []
    await pause(pollMs / 2)
  }
  return []
}

const mostFirst = (holders: readonly SutureProcess[]): SutureProcess[] => {
  const times = Map.groupBy(holders, (each) => each)
  return [...times.keys()].toSorted(
    (one, other) => (times.get(other)?.length ?? 0) - (times.get(one)?.length ?? 0),
  )
}

/** The runs that one of `processes` had in its hands when it was struck: nobody may take them over before the lease is over. */
const underWayAt = async (
  cell: Cell,
  runs: readonly string[],
  processes: readonly SutureProcess[],
): Promise<Set<string>> => {
  const pids = new Set(processes.map(({ pid }) => String(pid)))
  const stands = await standsOf(cell, runs)
  return new Set(
    [...stands]
      .filter(([, { finished, workerId }]) => !finished && pids.has(workerId?.split(':')[1] ?? ''))
      .map(([runId]) => runId),
  )
}

const disturb = async (
  cell: Cell,
  kind: Extract<Kind, 'database_restart' | 'database_crash' | 'queue_flush' | 'duplicates'>,
  runs: readonly string[],
): Promise<void> => {
  switch (kind) {
    case 'database_restart':
      return cell.database.restart('fast')
    case 'database_crash':
      return cell.database.restart('crash')
    case 'queue_flush':
      return cell.redis?.flush()
    case 'duplicates':
      for (const at of [1, 2, 3, 4, 4, 3])
        await Promise.all(runs.map((runId) => cell.ring(runId, `${runId}-again${at}`)))
      return
  }
}

/** Long after its drain. */
const leavesWithinMs = 60_000
const wakeAgainMs = 1_000

/** Workers that were stopped go on, and leave: then all that they could still do has been done. */
const wake = async (
  cell: Cell,
  workers: readonly SutureProcess[],
  seen: ReadonlyMap<string, Seen>,
): Promise<Broken> => {
  const codes = await Promise.all(
    workers.map(async (worker) => {
      worker.signal('SIGCONT')
      worker.signal('SIGTERM')
      const again = setInterval(() => worker.signal('SIGCONT'), wakeAgainMs)
      return within(leavesWithinMs, `a worker that was woken to leave`, worker.ended).finally(() =>
        clearInterval(again),
      )
    }),
  )
  const bad = codes.filter((code) => code !== 0)
  const problems = bad.map((code) => `a worker that was woken ended with ${code}, not in order`)
  return afterEnds(cell, seen, problems)
}

/** Rings for runs that are over, and waits until somebody has heard them. */
const ringLate = async (cell: Cell, seen: ReadonlyMap<string, Seen>): Promise<Broken> => {
  const heard = (runId: string): number =>
    cell
      .workers()
      .flatMap(({ passed }) => passed)
      .filter(({ at, about }) => at.startsWith('committed:') && about.includes(runId)).length
  const rings = 3
  const before = [...seen.keys()].map((runId) => ({ runId, enough: heard(runId) + rings }))
  for (let at = 0; at < rings; at += 1)
    await Promise.all(before.map(({ runId }) => cell.ring(runId, `${runId}-late${at}`)))
  const until = performance.now() + 5_000
  while (before.some(({ runId, enough }) => heard(runId) < enough) && performance.now() < until)
    await pause(pollMs)
  return afterEnds(cell, seen, [])
}

const afterEnds = async (
  cell: Cell,
  seen: ReadonlyMap<string, Seen>,
  problems: readonly string[],
): Promise<Broken> =>
  new Map(
    await Promise.all(
      [...seen].map(async ([runId, before]) => {
        const changes = isOver(before) ? changesAfterEnd(before, await look(cell, runId)) : []
        return [runId, [...problems, ...changes]] as const
      }),
    ),
  )
