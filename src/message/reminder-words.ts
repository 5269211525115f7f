import { code, type Text, time } from '../domain/card.ts'
import { type Asked, mayInWords, type Needed } from '../domain/quorum.ts'
import type { Reminder } from '../domain/reminders.ts'
import { neededInWords } from './proposal-state.ts'
import { durationInWords, listInWords, type Named, text, who } from './words.ts'

/** What is told of a request that nobody decides. */

export interface ReminderFacts {
  readonly reminder: Reminder
  readonly requestId: string
  /** Such as `Restart on checkout`. */
  readonly what: string
  readonly waitedMs: number
  readonly asked: Asked
  readonly needed: Needed
  /** Some of those who may decide; in place of somebody who is away whoever votes for them. */
  readonly people: readonly (Named & { readonly onShift: boolean })[]
  /** There are more than those. */
  readonly others: boolean
  readonly until: Temporal.Instant
  /** Why policy would refuse an approval now; null where it would not. */
  readonly refusedBy: string | null
}

export const reminderTitle = ({ reminder }: Pick<ReminderFacts, 'reminder'>): string =>
  reminder.kind === 'remind'
    ? 'Still waiting for approval'
    : `Nobody has decided: asking the role ${listInWords(reminder.roles, 'or')}`

export const reminderText = (facts: ReminderFacts): Text => {
  const { what, waitedMs, needed, until } = facts
  return text(
    `${what} has waited ${durationInWords(waitedMs)}. ${neededInWords(needed)}, until `,
    time(until),
    '; then the request expires and nothing is done. ',
    whoMayInWords(facts),
  )
}

/** By role, by name as far as they are known, and how; or why it would not help now. */
export const whoMayInWords = (
  facts: Pick<ReminderFacts, 'asked' | 'people' | 'others' | 'requestId' | 'refusedBy'>,
): Text =>
  text(
    `May decide: ${mayInWords(facts.asked) || 'nobody, since no role may approve'}`,
    named(facts),
    facts.refusedBy === null
      ? text(' Press Approve or Reject on its card, or type ', code(`/heal approve ${facts.requestId}`), '.')
      : ` Policy would refuse an approval now: ${facts.refusedBy}`,
  )

const named = ({ people, others }: Pick<ReminderFacts, 'people' | 'others'>): Text => {
  if (people.length === 0)
    return text('. Besides whoever has asked or voted nobody is known here who may: an admin gives the role.')
  const last = people.length - 1
  return text(
    ': ',
    ...people.map((each, at) =>
      text(
        at === 0 ? '' : at === last && !others ? ' and ' : ', ',
        who(each),
        each.insteadOf === undefined ? '' : ` for ${each.insteadOf} (away)`,
        each.onShift ? ' (on shift)' : '',
      ),
    ),
    others ? ' and others.' : '.',
  )
}
