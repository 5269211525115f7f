import { type Variant, variants } from './estate.ts'
import { type Random, randomOf, seedOf } from './random.ts'

/** What is tried: every place that a rehearsal came by, from both sides, often, on both backends. */

export const backends = ['postgres', 'redis'] as const
export type Backend = (typeof backends)[number]

/** The nth time that a worker comes by `at` after it has begun to claim the run. */
export interface Place {
  readonly at: string
  readonly nth: number
}

export const kinds = [
  /** kill -9 of the worker at a place. `committing:` is before a durable write, `committed:` after it. */
  'kill',
  /** The one that takes over is killed too, at a place of its recovery. */
  'kill_twice',
  /** kill -9 of the worker at any moment: in the middle of a write, a beat of its heart, a call. */
  'kill_any',
  /** SIGSTOP at a place until the lease is over and the run has ended; then SIGCONT. */
  'stop',
  /** SIGSTOP, and SIGCONT about when another takes over. */
  'stop_short',
  'database_restart',
  'database_crash',
  /** Redis FLUSHALL while the worker is at a place. */
  'queue_flush',
  /** The same ring many times, early, late and again after the end. */
  'duplicates',
  /** No worker is left, and none comes before the deadline. */
  'no_worker',
  /** Every worker is stopped, and woken after the deadline. */
  'all_stopped',
] as const
export type Kind = (typeof kinds)[number]

export interface Case {
  /** Names all of it, so that the case can be tried again by its id. */
  readonly id: string
  readonly kind: Kind
  readonly variant: Variant
  readonly backend: Backend
  readonly workers: number
  readonly repetition: number
  readonly place: Place | null
  /** Where the second worker is killed. */
  readonly second: Place | null
  readonly seed: number
}

/** What workers come by from the claim to the end: undisturbed, and when they take over from one that died. */
export type Rehearsal = Readonly<Record<Variant, readonly Place[]>> & {
  readonly recovery: readonly {
    readonly first: Place
    readonly after: readonly Place[]
    readonly variant: Variant
  }[]
}

/** Each place once, the nth time numbered, in order. */
export const placesIn = (passed: readonly string[]): Place[] => {
  const seen = new Map<string, number>()
  return passed.map((at) => {
    const nth = (seen.get(at) ?? 0) + 1
    seen.set(at, nth)
    return { at, nth }
  })
}

/** The part of what a worker came by that belongs to its run: from before the claim to after the end. */
export const runPart = (passed: readonly string[]): string[] => {
  const from = passed.findIndex((at) => at.startsWith('committing:run_started'))
  const to = passed.findLastIndex((at) => at.startsWith('committed:') && at.includes('run_finished'))
  return from === -1 ? [] : passed.slice(from, to === -1 ? undefined : to + 1)
}

const around = (place: Place): boolean => /^(committing|committed|acted):/.test(place.at)

/** How often each place is tried in a full round. */
const often = 20
const nowAndThen = 5

interface Draft {
  readonly kind: Kind
  readonly variant: Variant
  readonly place: Place | null
  readonly second: Place | null
  readonly times: number
}

const one = (
  kind: Kind,
  variant: Variant,
  times: number,
  place: Place | null = null,
  second: Place | null = null,
): Draft => ({
  kind,
  variant,
  place,
  second,
  times,
})

/** Every case there is. Those that need the same number of workers stand together: changing it takes time. */
export const planOf = (rehearsal: Rehearsal): Case[] => {
  const everywhere = (kind: Kind, variant: Variant, times: number): Draft[] =>
    rehearsal[variant].filter(around).map((place) => one(kind, variant, times, place))
  const drafts: Draft[] = [
    ...everywhere('kill', 'heals', often),
    ...everywhere('kill', 'refused', often),
    ...everywhere('kill', 'ill', nowAndThen),
    ...everywhere('kill', 'blind', nowAndThen),
    ...rehearsal.recovery.flatMap(({ first, after, variant }) =>
      after.filter(around).map((place) => one('kill_twice', variant, 2, first, place)),
    ),
    ...variants.map((variant) => one('kill_any', variant, often * 2)),
    ...(['heals', 'refused'] as const).flatMap((variant) => [
      ...everywhere('stop', variant, 2),
      ...everywhere('stop_short', variant, 1),
      ...everywhere('database_restart', variant, 1),
      ...everywhere('database_crash', variant, 1),
      ...everywhere('queue_flush', variant, 1),
      ...everywhere('duplicates', variant, 1),
      ...everywhere('no_worker', variant, 1),
    ]),
    ...variants.map((variant) => one('all_stopped', variant, 2)),
  ]
  return backends
    .flatMap((backend) =>
      drafts
        .filter(({ kind }) => kind !== 'queue_flush' || backend === 'redis')
        .flatMap((draft) => Array.from({ length: draft.times }, (_, at) => caseOf(draft, backend, at + 1))),
    )
    .sort((left, right) => left.workers - right.workers)
}

const caseOf = ({ kind, variant, place, second }: Draft, backend: Backend, repetition: number): Case => {
  const where = [place, second].flatMap((each) => (each === null ? [] : [`${each.at}#${each.nth}`]))
  const workers = 2 + (seedOf(`${kind}${where.join()}${repetition}`) % 3)
  const id = [backend, kind, variant, ...where, `w${workers}`, `r${repetition}`].join('/')
  return { id, kind, variant, backend, workers, repetition, place, second, seed: seedOf(id) }
}

/** In a sample once for each backend: such a case waits for a deadline. */
const slow: readonly Kind[] = ['no_worker', 'all_stopped']
/** Kills make up the most of a sample, as they do of the plan. */
const share: Readonly<Partial<Record<Kind, number>>> = { kill: 4, kill_any: 2 }

/** The plan in an order that a seed chooses, some of every kind first. It is longer than a sample has time for. */
export const sampleOf = (plan: readonly Case[], seed: number): Case[] => {
  const random: Random = randomOf(seed)
  const piles = backends.flatMap((backend) =>
    kinds.map((kind) => ({
      kind,
      cases: random.shuffled(plan.filter((each) => each.kind === kind && each.backend === backend)),
    })),
  )
  const rounds: Case[] = []
  for (let first = true; piles.some(({ cases }) => cases.length > 0); first = false) {
    const round = piles.flatMap(({ kind, cases }) => {
      const taken = cases.splice(0, share[kind] ?? 1)
      return !first && slow.includes(kind) ? [] : taken
    })
    rounds.push(...random.shuffled(round))
  }
  return rounds
}
