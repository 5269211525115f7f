import type { Role } from './person.ts'

/** Who is told when nobody decides: whoever may once, then each step of the policy once. */

export type Reminder =
  | { readonly kind: 'remind'; readonly afterMs: number }
  | {
      readonly kind: 'escalate'
      readonly afterMs: number
      /** Of the policy's steps, the first being 1. */
      readonly step: number
      readonly roles: readonly Role[]
      /** A channel of the catalogue; null for the incident's own. */
      readonly channel: string | null
    }

export interface RemindPolicy {
  /** ms from the request. */
  readonly remindAfter: number
  readonly escalation: readonly {
    readonly after: number
    readonly roles: readonly Role[]
    readonly channel?: string | undefined
  }[]
}

export interface Reminded {
  readonly createdAt: Temporal.Instant
  readonly expiresAt: Temporal.Instant
  /** How many are done. */
  readonly done: number
}

const inOrder = ({ remindAfter, escalation }: RemindPolicy): Reminder[] =>
  [
    { kind: 'remind' as const, afterMs: remindAfter },
    ...escalation.map(({ after, roles, channel }, at) => ({
      kind: 'escalate' as const,
      afterMs: after,
      step: at + 1,
      roles,
      channel: channel ?? null,
    })),
  ].toSorted((one, other) => one.afterMs - other.afterMs)

/**
 * What is due and not done, in its order, and when the next one is; null where none comes before the request expires. After
 * an outage several may be due at once.
 */
export const remindersDue = (
  policy: RemindPolicy,
  { createdAt, expiresAt, done }: Reminded,
  now: Temporal.Instant,
): { readonly due: readonly Reminder[]; readonly nextAt: Temporal.Instant | null } => {
  const at = ({ afterMs }: Reminder): Temporal.Instant => createdAt.add({ milliseconds: afterMs })
  const left = inOrder(policy)
    .slice(done)
    .filter((each) => Temporal.Instant.compare(at(each), expiresAt) < 0)
  const due = left.filter((each) => Temporal.Instant.compare(at(each), now) <= 0)
  const next = left[due.length]
  return { due, nextAt: next === undefined ? null : at(next) }
}
