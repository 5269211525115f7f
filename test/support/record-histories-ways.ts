import { recordedPlaybooks, type Shape, shapes, targetsOf } from './record-histories-estate.ts'

/** What happens to a run that is recorded: drawn by a seed, so that a recording can be told from another by it. */

export const blocks = [
  'permit_expired',
  'playbook_changed',
  'target_changed',
  'target_gone',
  'resolved',
  'stopped',
  'approver_fell',
  'canceled',
] as const

export const afterwards = ['goes_on', 'canceled', 'abandoned', 'overdue', 'overdue_at_claim'] as const

export type Way =
  | { readonly kind: 'through' }
  /** Its worker dies at each of these points in turn; then the last thing happens. */
  | { readonly kind: 'dies'; readonly at: readonly string[]; readonly after: (typeof afterwards)[number] }
  | { readonly kind: 'canceled' | 'stopped'; readonly at: string }
  | { readonly kind: 'short'; readonly budgetMs: number }
  | { readonly kind: 'blocked'; readonly by: (typeof blocks)[number] }

export interface Scenario {
  readonly playbook: string
  readonly shape: Shape
  /** Whether what is done makes the service well. */
  readonly heals: boolean
  /** What its target does at the call whose effect key ends so. */
  readonly ill: { readonly how: 'refuses' | 'hangs_before' | 'hangs_after'; readonly key: string } | null
  readonly way: Way
}

export const inWords = ({ way, heals, ill }: Scenario): string =>
  [
    way.kind === 'dies' ? `dies at ${way.at.join(' and ')}, then ${way.after}` : Object.values(way).join(' '),
    heals ? '' : 'does not help',
    ill === null ? '' : `${ill.how} at ${ill.key}`,
  ]
    .filter((part) => part !== '')
    .join('; ')

export const drawScenarios = (count: number, seed: number): Scenario[] => {
  const random = randomFrom(seed)
  const one = <T>(of: readonly T[]): T => {
    const drawn = of[Math.floor(random() * of.length)]
    if (drawn === undefined) throw new Error('nothing to draw from')
    return drawn
  }
  return Array.from({ length: count }, (_, at) => {
    // The rare ones come by turns, so that none is missing.
    const block = blocks[Math.floor(at / 13) % blocks.length]
    if (at % 13 === 12 && block !== undefined)
      return {
        playbook: one(['h-two', 'h-three', 'h-grave']),
        shape: one(['one', 'two']),
        heals: true,
        ill: null,
        way: { kind: 'blocked', by: block },
      }
    const playbook = one(Object.keys(recordedPlaybooks))
    const shape = one(shapes)
    const units = unitsIn(playbook, shape)
    const heals = random() < 0.55
    const key = () => `.${one(units)}${heals || random() < 0.6 ? '' : '.rollback'}`
    const how = one(['refuses', 'hangs_before', 'hangs_after'] as const)
    if (playbook === 'h-slow') {
      const hangs = how === 'refuses' ? 'hangs_before' : how
      return {
        playbook,
        shape,
        heals,
        ill: { how: hangs, key: `.${one(units)}` },
        way: { kind: 'short', budgetMs: 1_500 },
      }
    }
    const ill = random() < 0.35 ? { how, key: key() } : null
    const drawn = random()
    const points = pointsOf(units, heals)
    const way: Way =
      drawn < 0.2
        ? { kind: 'through' }
        : drawn < 0.3
          ? { kind: 'canceled', at: one(points) }
          : drawn < 0.36
            ? { kind: 'stopped', at: one(points) }
            : {
                kind: 'dies',
                at: random() < 0.3 ? [one(points), one(points)] : [one(points)],
                after: random() < 0.4 ? 'goes_on' : one(afterwards),
              }
    return { playbook, shape, heals, ill, way }
  })
}

/** Ids of the units of a playbook on the targets of a service. */
const unitsIn = (playbook: string, shape: Shape): string[] => {
  const text = recordedPlaybooks[playbook] ?? ''
  const count = text.includes('targets: first') ? 1 : targetsOf[shape]
  return [...text.matchAll(/- \{ id: (\w+)/g)].flatMap(([, id = '']) =>
    count === 1 ? [id] : Array.from({ length: count }, (_, at) => `${id}-${at + 1}`),
  )
}

const pointsOf = (units: readonly string[], heals: boolean): string[] => {
  const around = (phase: string) =>
    units.flatMap((unit) => ['intent', 'acted', 'result'].map((point) => `${point}:${phase}:${unit}`))
  return [
    'run_claimed',
    ...around('action'),
    'verifying',
    'verified',
    ...(heals ? [] : ['committed:run_rolling_back', ...around('rollback')]),
  ]
}

/** Mulberry32: 32 bits of state are plenty to draw a few hundred scenarios. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
