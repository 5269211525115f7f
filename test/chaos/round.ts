import { type Cell, openCell } from './cell.ts'
import { type Backend, type Case, planOf, type Rehearsal } from './plan.ts'
import { play, setOf } from './play.ts'
import { rehearseAll } from './rehearsal.ts'
import { trace } from './trace.ts'

/** Plays many cases, in several cells at a time, and in each cell several cases at a time. */

export interface Result {
  readonly id: string
  readonly kind: Case['kind']
  readonly backend: Backend
  readonly variant: Case['variant']
  /** `missed`: the blow fell on others, or the run was over before. `fault`: the harness could not go on. */
  readonly verdict: 'held' | 'missed' | 'violated' | 'fault'
  readonly violations: readonly string[]
  readonly status: string
  readonly lateMs: number | null
  /** Of all that were played together. */
  readonly tookMs: number
  /** How many cases were played together, this one included. */
  readonly together: number
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
  /** Cases that one Suture plays at the same time, at most. */
  readonly together: number
  /** How often a case that shows nothing is played, the last time alone. */
  readonly tries: number
  /** No case is begun this long after the first; null for no end. */
  readonly withinMs: number | null
  readonly onResult: (result: Result, done: number, of: number) => void
}

interface Waiting {
  readonly given: Case
  readonly missed: number
}

export const playRound = async (options: RoundOptions): Promise<Round> => {
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
    trace('rehearsal')
    const rehearsal: Rehearsal = await rehearseAll(first)
    const began = performance.now()
    const chosen = options
      .choose(planOf(rehearsal))
      .filter(({ backend }) => options.backends.includes(backend))
    const waiting = new Map<Backend, Waiting[]>(
      options.backends.map((each) => [
        each,
        chosen.filter((one) => one.backend === each).map((given) => ({ given, missed: 0 })),
      ]),
    )
    const inTime = (): boolean => options.withinMs === null || performance.now() - began < options.withinMs
    await Promise.all(
      cells.map(async (cell) => {
        const mine = waiting.get(cell.backend) ?? []
        while (inTime()) {
          const taken = takeFrom(mine, options)
          if (taken === null) return
          for (const [at, { result, again }] of (await playSome(cell, taken)).entries()) {
            const tried = taken[at]
            if (again && tried !== undefined && tried.missed + 1 < options.tries) {
              mine.push({ given: tried.given, missed: tried.missed + 1 })
              continue
            }
            results.push(result)
            options.onResult(result, results.length, chosen.length)
          }
        }
      }),
    )
    return { results, left: [...waiting.values()].reduce((sum, mine) => sum + mine.length, 0) }
  } finally {
    trace('close')
    await Promise.all(cells.map((cell) => cell.close()))
    trace('closed')
  }
}

/** The next, and others that can be played beside it. Who has been missed often enough plays alone. */
const takeFrom = (
  mine: Waiting[],
  { together, tries }: Pick<RoundOptions, 'together' | 'tries'>,
): [Waiting, ...Waiting[]] | null => {
  const [next] = mine
  if (next === undefined) return null
  const isAlone = ({ missed }: Waiting): boolean => missed > 0 && missed === tries - 1
  const set = setOf(next.given)
  const fitting = isAlone(next)
    ? []
    : mine.slice(1).filter((each) => !isAlone(each) && setOf(each.given) === set)
  const taken: [Waiting, ...Waiting[]] = [next, ...fitting.slice(0, together - 1)]
  const gone = new Set(taken)
  mine.splice(0, mine.length, ...mine.filter((each) => !gone.has(each)))
  return taken
}

interface Tried {
  readonly result: Result
  /** It shows nothing: the blow missed it, or the machine was too busy. */
  readonly again: boolean
}

const playSome = async (cell: Cell, taken: readonly [Waiting, ...Waiting[]]): Promise<Tried[]> => {
  const began = performance.now()
  const [head, ...rest] = taken
  const cases: [Case, ...Case[]] = [head.given, ...rest.map(({ given }) => given)]
  const about = ({ id, kind, backend, variant }: Case) => ({ id, kind, backend, variant })
  const all = (): Pick<Result, 'tookMs' | 'together'> => ({
    tookMs: Math.round(performance.now() - began),
    together: cases.length,
  })
  await cell.log()
  try {
    const played = await play(cell, cases)
    const took = all()
    const log = played.some(({ violations }) => violations.length > 0) ? await cell.log() : ''
    return played.map(({ violations, struck, starved, status, lateMs, seen }, at) => {
      const given = cases[at] ?? head.given
      const verdict = violations.length > 0 ? 'violated' : struck ? 'held' : 'missed'
      trace(`${given.id}: ${verdict}${starved ? ', starved' : ''}`, took.tookMs)
      const result = { ...about(given), verdict, violations, status, lateMs, ...took } as const
      const whole = verdict === 'violated' ? { ...result, evidence: { seen, log } } : result
      return { result: whole, again: verdict === 'missed' || starved }
    })
  } catch (error) {
    const violation = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const log = await cell.log()
    trace(`${head.given.id}: fault`, violation)
    return cases.map((given) => ({
      result: {
        ...about(given),
        verdict: 'fault',
        violations: [violation],
        status: 'unseen',
        lateMs: null,
        ...all(),
        evidence: { log },
      },
      again: false,
    }))
  }
}
