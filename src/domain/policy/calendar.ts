import { z } from 'zod'
import { isTimeZone } from '../time-zone.ts'
import { Match } from './match.ts'

/** When something may be changed: windows that are open, freezes that close everything, days on which nobody is there. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, beginning with a letter')
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day from 00:00 to 24:00, such as 09:00')
const zone = z.union([
  z.literal('service'),
  z.string().refine((name) => isTimeZone(name), 'service, or an IANA time zone such as Europe/Berlin'),
])
export const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as 2026-12-24')
  .refine((day) => isRead(() => Temporal.PlainDate.from(day)), 'a day that the calendar has')
const localTime = (example: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, `a local time such as ${example}`)
    .refine((time) => isRead(() => Temporal.PlainDateTime.from(time)), 'a time that the calendar has')

const isRead = (read: () => unknown): boolean => {
  try {
    read()
    return true
  } catch {
    return false
  }
}

/** Open on these days from `from` (counted in) to `to` (not counted in), by the clock on the wall of its zone. */
export const ChangeWindow = z
  .strictObject({
    id: identifier,
    match: Match.default({}),
    days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
    from: timeOfDay.default('09:00'),
    /** Earlier than `from`: on the next day. */
    to: timeOfDay.default('18:00'),
    timeZone: zone.default('service'),
  })
  .refine(({ from, to }) => from !== to && from !== '24:00', {
    path: ['to'],
    message: 'from and to differ, and from is before 24:00; a whole day is from 00:00 to 24:00',
  })
export type ChangeWindow = z.infer<typeof ChangeWindow>

/** Nothing runs from `from` to `to`, by the clock of its zone, whoever approved it. */
export const Freeze = z
  .strictObject({
    id: identifier,
    match: Match.default({}),
    /** A local time such as `2026-12-20T18:00`. */
    from: localTime('2026-12-20T18:00'),
    to: localTime('2027-01-04T09:00'),
    timeZone: zone.default('service'),
    reason: z.string().min(1).max(300),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'to is after from' })
export type Freeze = z.infer<typeof Freeze>

/**
 * Whole days on which no window is open, and none opens that would end the morning after: listed, or from an iCalendar file
 * beside the policy.
 */
export const Holidays = z.strictObject({
  id: identifier,
  match: Match.default({}),
  dates: z.array(date).max(2_000).default([]),
  /** Name of an iCalendar file in the folder of the policy; its days are added to `dates` when it is read. */
  calendar: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ics$/, 'the name of an .ics file beside the policy')
    .optional(),
  timeZone: zone.default('service'),
})
export type Holidays = z.infer<typeof Holidays>

/** What closes everything now or later, from the policy or by a person's command, with its instants worked out. */
export interface FreezeInForce {
  /** Such as `frz-7`, or the id in the policy. */
  readonly id: string
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
  readonly reason: string
  /** Who set it; null for the policy. */
  readonly by: string | null
}

/** What holds for one service and playbook. No windows: always open. */
export interface CalendarFacts {
  readonly windows: readonly ChangeWindow[]
  readonly holidays: readonly Holidays[]
  /** Those that are not over. */
  readonly freezes: readonly FreezeInForce[]
  /** What a run that would end outside its window is: told beforehand, or refused. */
  readonly overrun: 'warn' | 'deny'
  readonly expectedMs: number
}

export const noCalendar: CalendarFacts = {
  windows: [],
  holidays: [],
  freezes: [],
  overrun: 'warn',
  expectedMs: 0,
}
