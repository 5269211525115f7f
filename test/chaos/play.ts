import type { Cell } from './cell.ts'
import type { Variant } from './estate.ts'
import { type Asked, fallIll, leaveInPeace, untilOver } from './incident.ts'
import { brokenPromises, type Seen, wasStarved } from './judge.ts'
import type { Case } from './plan.ts'
import { randomOf } from './random.ts'
import { type Player, strike } from './strike.ts'
import type { Passed } from './suture-process.ts'
import { trace } from './trace.ts'

/**
 * Plays cases: alerts, approvals, the blow, and what became of the runs. Several may be under way in one Suture when the blow falls;
 * each has its own place, and is judged by itself.
 */

export interface Played {
  readonly violations: readonly string[]
  /** Whether the blow fell. A run that is over before it comes by the place again is no violation, but no proof either. */
  readonly struck: boolean
  /** All that is broken is that it did not end as usual, and the machine was too busy for that. */
  readonly starved: boolean
  readonly status: string
  /** How long after its deadline it ended; negative when before. */
  readonly lateMs: number | null
  readonly runId: string
  readonly seen: Seen
}

const usualBudgetMs = 90_000
/** Where the deadline itself is what the case is about. */
const shortBudgetMs = 6_000
/** Where a worker may be stopped while it holds rows. */
const stoppedBudgetMs = 12_000

const budgetOf = ({ kind, place }: Case): number => {
  if (kind === 'no_worker' || kind === 'all_stopped') return shortBudgetMs
  return kind === 'stop' && place?.at.startsWith('committing:') === true ? stoppedBudgetMs : usualBudgetMs
}

/** Cases that can be played together have this in common. */
export const setOf = (given: Case): string =>
  [given.kind, given.kind === 'kill_twice' ? given.id : given.workers, budgetOf(given)].join('/')

const approvalOf =
  (cell: Cell) =>
  ({ asked }: { readonly asked: Asked }): Promise<unknown> =>
    cell.call('approver', `/v1/approvals/${asked.requestId}/decisions`, { decision: 'approve' })

/** Runs from their alerts to their ends without any blow: what went through the hands of their worker, for each. */
export const rehearse = async (cell: Cell, variants: readonly Variant[]): Promise<Passed[][]> => {
  await cell.haveWorkers(1)
  await cell.setBudget(usualBudgetMs)
  const under = await Promise.all(
    variants.map(async (variant) => ({ variant, asked: await fallIll(cell, variant) })),
  )
  await Promise.all(under.map(approvalOf(cell)))
  const seen = await untilOver(
    cell,
    under.map(({ asked }) => asked.runId),
  )
  for (const { variant, asked } of under) {
    const problems = brokenPromises(seenOf(seen, asked), { variant, attended: true })
    if (problems.length > 0)
      throw new Error(`undisturbed, ${asked.runId} on ${asked.service}: ${problems.join('; ')}`)
  }
  await leaveInPeace(cell, under)
  return under.map(({ asked }) => passedOf(cell, asked.runId))
}

/** Where the workers came by for this run, the one after the other. */
export const passedOf = (cell: Cell, runId: string): Passed[] =>
  cell.workers().flatMap(({ passed }) => passed.filter(({ about }) => about.includes(runId)))

const seenOf = (seen: ReadonlyMap<string, Seen>, { runId }: Asked): Seen => {
  const found = seen.get(runId)
  if (found === undefined) throw new Error(`nothing was seen of ${runId}`)
  return found
}

/** What became of each case, in their order. They have the same `setOf`, and each has a run and a service of its own. */
export const play = async (cell: Cell, cases: readonly [Case, ...Case[]]): Promise<Played[]> => {
  const [first] = cases
  const random = randomOf(first.seed)
  cell.target.takes(random.between(0, 20))
  trace(`${first.id}: workers`, cases.length)
  await cell.haveWorkers(first.kind === 'no_worker' ? 1 : first.workers)
  await cell.setBudget(budgetOf(first))
  trace(`${first.id}: alerts`)
  const play = async (given: Case): Promise<Player> => ({ given, asked: await fallIll(cell, given.variant) })
  const [head, ...rest] = await Promise.all(cases.map(play))
  if (head === undefined) throw new Error('there is no case')
  const players = [head, ...rest] as const
  const runs = players.map(({ asked }) => asked.runId)
  try {
    if (first.kind === 'duplicates')
      for (const runId of runs) for (const at of [1, 2]) await cell.ring(runId, `${runId}-early${at}`)
    trace(`${first.id}: blow`, runs)
    const { struck, after } = await strike(cell, players, approvalOf(cell), random)
    trace(`${first.id}: ends`, [...struck])
    const seen = await untilOver(cell, runs)
    trace(`${first.id}: afterwards`)
    const later = await after(seen)
    // With little time a slow machine may be what ended it.
    const attended = budgetOf(first) === usualBudgetMs
    return players.map(({ given, asked }) => {
      const mine = seenOf(seen, asked)
      const broken = brokenPromises(mine, { variant: given.variant, attended })
      const others = [
        ...brokenPromises(mine, { variant: given.variant, attended: false }),
        ...(later.get(asked.runId) ?? []),
      ]
      return {
        violations: [...broken, ...(later.get(asked.runId) ?? [])],
        starved: others.length === 0 && wasStarved(mine),
        struck: struck.has(asked.runId),
        status: mine.run.status,
        lateMs: mine.run.late_ms,
        runId: asked.runId,
        seen: mine,
      }
    })
  } finally {
    trace(`${first.id}: peace`)
    await leaveInPeace(
      cell,
      players.map(({ given, asked }) => ({ variant: given.variant, asked })),
    )
  }
}
