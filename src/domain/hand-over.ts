import { firstTurnAt, type Shift, turnAt } from './policy/shift.ts'

/** A request that still waits goes from those whose shift ends to those who come on. Votes, roles and groups stay what they are. */

export interface HandOver {
  /** Of the policy. */
  readonly shift: string
  /** When the turn that lasts now began. */
  readonly at: Temporal.Instant
  readonly until: Temporal.Instant
  /** Ids of whoever was on when it was told last, or when it was requested. */
  readonly off: readonly string[]
  /** Ids of whoever is on now. */
  readonly on: readonly string[]
}

export interface Waiting {
  readonly createdAt: Temporal.Instant
  readonly expiresAt: Temporal.Instant
  /** Null as long as nothing was handed over. */
  readonly handedOverAt: Temporal.Instant | null
}

/**
 * What has changed since it was told last, one for each shift at most however many turns went by, and when a turn ends next;
 * null where none does before the request expires.
 */
export const handOversDue = (
  shifts: readonly Shift[],
  { createdAt, expiresAt, handedOverAt }: Waiting,
  now: Temporal.Instant,
): { readonly due: readonly HandOver[]; readonly nextAt: Temporal.Instant | null } => {
  const since = handedOverAt ?? createdAt
  const due =
    Temporal.Instant.compare(since, now) < 0 ? shifts.flatMap((shift) => handOver(shift, since, now)) : []
  const [nextAt] = shifts
    .map((shift) => turnAt(shift, now)?.until ?? firstTurnAt(shift))
    .filter((at) => Temporal.Instant.compare(at, expiresAt) < 0)
    .toSorted((one, other) => Temporal.Instant.compare(one, other))
  return { due, nextAt: nextAt ?? null }
}

const handOver = (shift: Shift, since: Temporal.Instant, now: Temporal.Instant): HandOver[] => {
  const before = turnAt(shift, since)
  const current = turnAt(shift, now)
  if (before === null || current === null || samePeople(before.people, current.people)) return []
  return [{ shift: shift.id, at: current.from, until: current.until, off: before.people, on: current.people }]
}

const samePeople = (some: readonly string[], others: readonly string[]): boolean =>
  new Set(some).symmetricDifference(new Set(others)).size === 0

export interface OnShift {
  readonly personId: string
  readonly until: Temporal.Instant
}

/** Everybody who is on now, each once, in the order of the shifts. */
export const onShiftAt = (shifts: readonly Shift[], now: Temporal.Instant): OnShift[] => {
  const on = new Map<string, OnShift>()
  for (const shift of shifts) {
    const turn = turnAt(shift, now)
    for (const personId of turn?.people ?? [])
      if (turn !== null && !on.has(personId)) on.set(personId, { personId, until: turn.until })
  }
  return [...on.values()]
}
