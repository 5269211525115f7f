import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncidentsOfRuns } from '../../storage/incident.repository.ts'
import { lockRuns, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { commitTogether, NotCommitted, type Outbound } from '../commit.ts'
import { createExpected } from './expected.ts'
import { type CommitKind, firstOfRuns, type InLine, nextBatch } from './next-batch.ts'

/** What everybody locks who commits something of a run, in this order. */
export interface Locked {
  /** Absent where it was not asked for, and where there is none. */
  readonly incident: IncidentRow | undefined
  readonly run: RunRow | undefined
}

/** A commit of one run. */
export interface OfRun<T> {
  readonly runId: string
  readonly kind: CommitKind
  /** Whether the incident is locked first. */
  readonly withIncident: boolean
  readonly work: (tx: Tx, out: Outbound, locked: Promise<Locked>) => Promise<T>
}

/**
 * Group commit: what comes while a commit is under way goes into the next one, together; so a commit is as large as the load
 * makes it. Those who were just answered come back soon, and with the same thing to write, if they come at all: the next commit
 * waits for them for a moment. Each of them is all or nothing by itself: when one fails, none is made, and each is then made alone.
 */
export interface RunCommits {
  readonly make: <T>(app: App, tenantId: string, of: OfRun<T>) => Promise<T>
}

/** More gain little, and each waits for all. */
const mostTogether = 16
/** A commit that takes longer than this waits for a row that somebody else holds; the others need not wait with it. */
const patienceMs = 200
const mostUnderWay = 8
/** So many times as many as are in a commit need not wait for it: the first of those that come at once goes alone. */
const outweighs = 4
/**
 * Those that are made together give up when one of them waits longer than this for a row, and each is made alone: whoever holds that
 * row holds up only its own run, and not the commits and heartbeats of all.
 */
const togetherLockTimeoutMs = 1_000

/** Alone where nobody gathers them. */
export const commitOfRun = <T>(app: App, tenantId: string, of: OfRun<T>): Promise<T> =>
  app.runCommits === undefined ? makeAlone(app, tenantId, of) : app.runCommits.make(app, tenantId, of)

interface Waiting extends InLine {
  readonly app: App
  readonly of: OfRun<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A commit that is under way, as long as it is the newest and others wait for it. */
interface UnderWay {
  readonly timer: NodeJS.Timeout
  readonly size: number
  /** All of them end runs: those that begin in their places need not wait for them. */
  readonly ends: boolean
}

/**
 * In lockstep: claims, then results, then conclusions, each in one commit with all runs of this worker that act at a time; and the
 * next claims beside the conclusions.
 */
export const createRunCommits = (): RunCommits => {
  let line: readonly Waiting[] = []
  const underWay = new Set<Waiting>()
  let commits = 0
  let newest: UnderWay | null = null
  const next = (): void => {
    if (line.length === 0 || commits === mostUnderWay) return
    const isFree = newest === null || line.length >= newest.size * outweighs
    if (!isFree && newest?.ends !== true) return
    if (line.length < mostTogether && goingOn.areAwaited()) return
    const able = firstOfRuns(line, underWay)
    const claims = able.filter(begins)
    const areEarly = claims.length > 0 && claims.length < mostTogether && beginning.areAwaited()
    const batch = nextBatch(
      able.filter((each) => (begins(each) ? !areEarly : isFree)),
      mostTogether,
    )
    if (batch.length > 0) send(batch)
  }
  const send = (batch: readonly Waiting[]): void => {
    line = line.filter((each) => !batch.includes(each))
    goingOn.letGo()
    if (batch.some(begins)) beginning.letGo()
    for (const each of batch) underWay.add(each)
    commits += 1
    const mine: UnderWay = {
      timer: setTimeout(() => goOn(mine), patienceMs),
      size: batch.length,
      ends: batch.every(ends),
    }
    newest = mine
    const onAnswered = (coming: readonly Waiting[]) =>
      goingOn.expect(coming.filter(({ of }) => !line.some((each) => each.of.runId === of.runId)).length)
    void makeAll(batch, onAnswered).then((later) => {
      clearTimeout(mine.timer)
      commits -= 1
      for (const each of batch) underWay.delete(each)
      line = [...later, ...line]
      goOn(mine)
    })
    // Claims that wait already go beside it.
    if (mine.ends) next()
  }
  const goOn = (mine: UnderWay): void => {
    if (newest === mine) newest = null
    next()
  }
  const goingOn = createExpected(next)
  const beginning = createExpected(next)
  return {
    make: (app, tenantId, of) =>
      new Promise((resolve, reject) => {
        const waiting = { app, tenantId, of, passedBy: 0, resolve: resolve as Waiting['resolve'], reject }
        if (begins(waiting)) beginning.came()
        else goingOn.came()
        // In the place of a run that is over the queue brings another one.
        if (ends(waiting)) beginning.expect(1)
        line = [...line, waiting]
        next()
      }),
  }
}

const begins = ({ of }: Waiting): boolean => of.kind === 'claim'
const ends = ({ of }: Waiting): boolean => of.kind === 'conclusion'

/** Whether the run has something to write again soon: one that was claimed, and one that acts or looks; not whoever only notes something. */
const comesBack = ({ of }: Waiting, result: unknown): boolean =>
  of.kind === 'claim' ? result !== null : of.kind === 'intent' || of.kind === 'result'

/** Those that have to wait for another one's commit. */
const makeAll = async (
  batch: readonly Waiting[],
  onAnswered: (coming: readonly Waiting[]) => void,
): Promise<Waiting[]> => {
  const [first] = batch
  if (first === undefined) return []
  try {
    const done = await makeTogether(
      first.app,
      first.tenantId,
      batch.map(({ of }) => of),
    )
    onAnswered(
      batch.filter((each, at) => {
        const result = done[at]?.result
        return result !== undefined && result !== later && comesBack(each, result.done)
      }),
    )
    return batch.filter((each, at) => {
      const result = done[at]?.result
      if (result !== undefined && result !== later) each.resolve(result.done)
      return result === later
    })
  } catch (error) {
    if (!isUndone(error) || (batch.length === 1 && !isDeadlock(error))) {
      for (const each of batch) each.reject(error instanceof NotCommitted ? error.cause : error)
      return []
    }
    await Promise.all(
      batch.map(({ app, tenantId, of, resolve, reject }) =>
        makeAlone(app, tenantId, of).then(resolve, reject),
      ),
    )
    return []
  }
}

const later = Symbol('later')

/** What one of them throws that may not be made yet. */
class Later extends Error {}

/** Of two whose runs are of one incident the second is left for later: it decides by what the first has changed. */
const makeTogether = <T>(app: App, tenantId: string, all: readonly OfRun<T>[]) => {
  let locking: Promise<(runId: string) => Locked> | null = null
  return commitTogether(
    app,
    tenantId,
    all.map(({ runId, work }) => async (tx: Tx, out: Outbound) => {
      locking ??= lockAll(tx, all)
      try {
        return {
          done: await work(
            tx,
            out,
            locking.then((of) => of(runId)),
          ),
        }
      } catch (error) {
        if (error instanceof Later) return later
        throw error
      }
    }),
    { eager: true, keyed: true, ...(all.length > 1 ? { lockTimeoutMs: togetherLockTimeoutMs } : {}) },
  )
}

/** Whoever waited for each other in a circle may do so again, with somebody else. */
const mostTries = 3

const makeAlone = async <T>(app: App, tenantId: string, of: OfRun<T>, tries = mostTries): Promise<T> => {
  try {
    const [made] = await makeTogether(app, tenantId, [of])
    if (made === undefined || made.result === later)
      throw new Error(`a commit of ${of.runId} has lost what came of it`)
    return made.result.done
  } catch (error) {
    if (tries > 1 && isDeadlock(error)) return makeAlone(app, tenantId, of, tries - 1)
    throw error instanceof NotCommitted ? error.cause : error
  }
}

/** First the incidents, then the runs, each in one order: nobody waits in a circle. */
const lockAll = async (tx: Tx, all: readonly OfRun<unknown>[]): Promise<(runId: string) => Locked> => {
  const [incidents, runs] = await Promise.all([
    lockIncidentsOfRuns(
      tx,
      all.filter(({ withIncident }) => withIncident).map(({ runId }) => runId),
    ),
    lockRuns(
      tx,
      all.map(({ runId }) => runId),
    ),
  ])
  const firstOf = new Map<string, string>()
  for (const { runId } of all) {
    const incidentId = runs.find(({ id }) => id === runId)?.incident_id
    if (incidentId !== undefined && !firstOf.has(incidentId)) firstOf.set(incidentId, runId)
  }
  return (runId) => {
    const run = runs.find(({ id }) => id === runId)
    if (run !== undefined && firstOf.get(run.incident_id) !== runId) throw new Later()
    return { run, incident: incidents.find(({ id }) => id === run?.incident_id) }
  }
}

/** Certainly nothing of it was committed: it never came to that, or PostgreSQL has said no. */
const isUndone = (error: unknown): boolean =>
  error instanceof NotCommitted ||
  (error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    // Of a server that ends, or can no longer be reached, the last word may be missing; a socket's codes begin with E.
    /^(?!08|53|57|58|E)[0-9A-Z]{5}$/.test(error.code))

/**
 * PostgreSQL has chosen it to end a circle of those who wait for each other: by itself it would have done no harm, and all of
 * it is rolled back.
 */
const isDeadlock = (error: unknown): boolean =>
  error instanceof NotCommitted
    ? isDeadlock(error.cause)
    : error instanceof Error && 'code' in error && error.code === '40P01'
