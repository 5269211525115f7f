import { mayVote, type Person } from '../person.ts'
import { type Rejection, reject } from '../rejection.ts'
import type { Verdict } from './verdict.ts'

/** An admin has broken the glass: for a while less stands in the way, everybody is told, and autonomy falls until a review. */
export interface BreakGlassFacts {
  /** Null where it is not in force for this service now. */
  readonly active: { readonly id: string; readonly by: string; readonly until: Temporal.Instant } | null
  /** One that is over and that nobody has reviewed: Suture does nothing by itself until somebody does. */
  readonly unreviewed: string | null
}

export const noBreakGlass: BreakGlassFacts = { active: null, unreviewed: null }

/** True while it is in force: what only guards the hour then asks for somebody instead of refusing. */
export const isOpenGlass = ({
  breakGlass,
  now,
}: {
  readonly breakGlass: BreakGlassFacts
  readonly now: Temporal.Instant
}): boolean => breakGlass.active !== null && Temporal.Instant.compare(now, breakGlass.active.until) < 0

/** One that nobody has reviewed yet. */
export interface Glass {
  readonly id: string
  readonly by: string
  readonly until: Temporal.Instant
  readonly endedAt: Temporal.Instant | null
}

/** It ends by itself when its time is up, whether or not anybody has written that down. */
export const isOver = (
  { until, endedAt }: Pick<Glass, 'until' | 'endedAt'>,
  now: Temporal.Instant,
): boolean => endedAt !== null || Temporal.Instant.compare(now, until) >= 0

/** Of several that are open the one that lasts longest counts; of those that wait for a review the first. */
export const breakGlassFactsOf = (glasses: readonly Glass[], now: Temporal.Instant): BreakGlassFacts => {
  const open = glasses
    .filter((glass) => !isOver(glass, now))
    .sort((one, other) => Temporal.Instant.compare(other.until, one.until))
  const [longest] = open
  return {
    active: longest === undefined ? null : { id: longest.id, by: longest.by, until: longest.until },
    unreviewed: glasses.find((glass) => isOver(glass, now))?.id ?? null,
  }
}

/** While the glass is broken one person decides, but never nobody: whoever has the role override or admin. */
export const underGlass = (
  verdict: Verdict,
  { breakGlass, now }: { readonly breakGlass: BreakGlassFacts; readonly now: Temporal.Instant },
): Verdict => {
  const { active } = breakGlass
  if (active === null || !isOpenGlass({ breakGlass, now }) || verdict.outcome === 'deny') return verdict
  return {
    ...verdict,
    outcome: 'require_approval',
    quorum: 1,
    requiredRoles: ['override'],
    requiredGroups: [],
    reasons: [
      ...verdict.reasons.filter(({ code }) => code !== 'quorum'),
      reject(
        'quorum',
        `The glass is broken (${active.id}, until ${toMinute(active.until)}): one person decides.`,
        'Somebody with the role override or admin, who did not request it, presses Approve.',
        { facts: { break_glass: active.id, until: active.until.toString() } },
      ),
    ],
  }
}

/** As in `2026-06-01 10:30 UTC`. */
const toMinute = (at: Temporal.Instant): string =>
  `${at.toString({ smallestUnit: 'minute' }).replace('T', ' ').replace('Z', '')} UTC`

/** The time box of a broken glass, ms. */
export const glassBox = { leastMs: 5 * 60_000, mostMs: 4 * 3_600_000 } as const

/** Null for a time box that may be. */
export const refuseTimeBox = (forMs: number): Rejection | null =>
  Number.isInteger(forMs) && forMs >= glassBox.leastMs && forMs <= glassBox.mostMs
    ? null
    : reject(
        'invalid',
        'A glass is broken for 5 minutes to 4 hours.',
        'Say how long, such as 30m; it can be broken again when that is over and reviewed.',
        { facts: { least_ms: glassBox.leastMs, most_ms: glassBox.mostMs } },
      )

/** Null for somebody who may say that all was well: anybody with a vote but the one who broke it, once it is over. */
export const refuseReview = (
  glass: {
    readonly id: string
    readonly by: string
    readonly over: boolean
    readonly reviewedBy: string | null
  },
  person: Person,
  note: string,
): Rejection | null => {
  if (glass.by === person.id)
    return reject(
      'separation_of_duties',
      `${person.name} broke the glass, so somebody else reviews ${glass.id}.`,
      'Ask a colleague with the role approver to look at what was done.',
      { facts: { break_glass: glass.id, opened_by: glass.by, reviewer: person.id } },
    )
  if (!mayVote(person))
    return reject('forbidden', `${person.name} is no human, and only people review.`, 'Ask a colleague.')
  if (glass.reviewedBy !== null)
    return reject('already_decided', `${glass.id} has been reviewed already.`, 'Nothing to do.')
  if (!glass.over)
    return reject(
      'conflict',
      `${glass.id} is still open.`,
      `End it first: /heal break-glass end ${glass.id}.`,
    )
  if (note.trim() === '')
    return reject('invalid', 'A review needs a note.', 'Say in a few words what you looked at and found.')
  return null
}
