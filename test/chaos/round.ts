import { type Cell, openCell } from './cell.ts'
import { type Backend, type Case, planOf, type Rehearsal } from './plan.ts'
import { play } from './play.ts'
import { rehearseAll } from './rehearsal.ts'

/** Plays many cases, in several cells at a time. */

export interface Result {
  readonly id: string
  readonly kind: Case['kind']
  readonly backend: Backend
  readonly variant: Case['variant']
  /** `missed`: the run was over before the blow could fall. `fault`: the harness could not go on. */
  readonly verdict: 'held' | 'missed' | 'violated' | 'fault'
  readonly violations: readonly string[]
  readonly status: string
  readonly lateMs: number | null
  readonly tookMs: number
  /** What was seen, and what the processes logged; only where something was wrong. */
  readonly evidence?: unknown
}

export interface Round {
  readonly results: readonly Result[]
  /** Cases there was no time for. */
  readonly left: number
}

export interface RoundOptions {
  /** From all there is, what is to be played, in this order. */
  readonly choose: (plan: readonly Case[]) => readonly Case[]
  readonly backends: readonly Backend[]
  readonly cellsPerBackend: number
  /** No case is begun after this long; null for no end. */
  readonly withinMs: number | null
  readonly onResult: (result: Result, done: number, of: number) => void
}

export const playRound = async (options: RoundOptions): Promise<Round> => {
  const began = performance.now()
  const results: Result[] = []
  const cells: Cell[] = []
  try {
    const opened = await Promise.allSettled(
      options.backends.flatMap((backend) =>
        Array.from({ length: options.cellsPerBackend }, () => openCell(backend)),
      ),
    )
    for (const each of opened) if (each.status === 'fulfilled') cells.push(each.value)
    for (const each of opened) if (each.status === 'rejected') throw each.reason
    const [first] = cells
    if (first === undefined) throw new Error('a round needs a backend')
    const rehearsal: Rehearsal = await rehearseAll(first)
    const chosen = options
      .choose(planOf(rehearsal))
      .filter(({ backend }) => options.backends.includes(backend))
    const waiting = new Map(
      options.backends.map((each) => [each, chosen.filter((one) => one.backend === each)]),
    )
    const inTime = (): boolean => options.withinMs === null || performance.now() - began < options.withinMs
    await Promise.all(
      cells.map(async (cell) => {
        const mine = waiting.get(cell.backend) ?? []
        for (let next = mine.shift(); next !== undefined; next = mine.shift()) {
          if (!inTime()) {
            mine.unshift(next)
            return
          }
          const result = await playOne(cell, next)
          results.push(result)
          options.onResult(result, results.length, chosen.length)
        }
      }),
    )
    return { results, left: [...waiting.values()].reduce((sum, mine) => sum + mine.length, 0) }
  } finally {
    await Promise.all(cells.map((cell) => cell.close()))
  }
}

const playOne = async (cell: Cell, given: Case): Promise<Result> => {
  const began = performance.now()
  const { id, kind, backend, variant } = given
  const about = { id, kind, backend, variant }
  await cell.log()
  try {
    const { violations, struck, status, lateMs, seen } = await play(cell, given)
    const tookMs = Math.round(performance.now() - began)
    if (violations.length === 0)
      return { ...about, verdict: struck ? 'held' : 'missed', violations, status, lateMs, tookMs }
    const evidence = { seen, log: await cell.log() }
    return { ...about, verdict: 'violated', violations, status, lateMs, tookMs, evidence }
  } catch (error) {
    return {
      ...about,
      verdict: 'fault',
      violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      status: 'unseen',
      lateMs: null,
      tookMs: Math.round(performance.now() - began),
      evidence: { log: await cell.log() },
    }
  }
}
