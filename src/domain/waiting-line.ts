/** Runs that wait for targets which others hold. */

export interface QueuedRun {
  readonly id: string
  readonly targets: readonly string[]
  readonly queuedAt: Temporal.Instant
}

/** Its place among those that want at least one of the same targets: 1 for the one that was queued first. */
export const placeInLine = (run: QueuedRun, queued: readonly QueuedRun[]): number =>
  1 + queued.filter((other) => wantsSame(run, other) && isBefore(other, run)).length

const wantsSame = (one: QueuedRun, other: QueuedRun): boolean =>
  one.id !== other.id && other.targets.some((target) => one.targets.includes(target))

const isBefore = (one: QueuedRun, other: QueuedRun): boolean => {
  const order = Temporal.Instant.compare(one.queuedAt, other.queuedAt)
  return order === 0 ? number(one.id) < number(other.id) : order < 0
}

/** `run-9` came before `run-10`. */
const number = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? 0)

/** `1st`, `2nd`, `3rd`, `4th`, `11th` */
export const ordinal = (count: number): string => {
  const teen = count % 100 >= 11 && count % 100 <= 13
  return `${count}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')}`
}
