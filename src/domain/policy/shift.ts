import { z } from 'zod'
import { isTimeZone } from '../time-zone.ts'
import { date, identifier } from './calendar.ts'
import { Match } from './match.ts'

/**
 * Who is on shift when. It says whom to tell and gives nobody a right: who may approve, roles and groups alone decide.
 */

const person = z.string().min(1).max(100)
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day from 00:00 to 23:59, such as 09:00')

export const Shift = z
  .strictObject({
    id: identifier,
    match: Match.default({}),
    /** Ids of people who take turns, in this order; those in a list of their own are on together. */
    people: z
      .array(z.union([person, z.array(person).min(1).max(50)]))
      .min(2)
      .max(100),
    /** The day on which the first of them comes on; before it nobody is. */
    starts: date,
    every: z.enum(['day', 'week']).default('week'),
    /** When one hands over to the next, by the clock of the zone; with several times of a day there are as many turns a day. */
    at: z.union([time, z.array(time).min(1).max(6)]).default('09:00'),
    timeZone: z
      .string()
      .refine((name) => isTimeZone(name), 'an IANA time zone such as Europe/Berlin')
      .default('UTC'),
  })
  .refine(
    ({ at }) => timesOf({ at }).every((each, place, all) => place === 0 || each > (all[place - 1] ?? '')),
    {
      path: ['at'],
      message: 'the times of a day rise, and none is there twice',
    },
  )
  .refine(({ at, every }) => every === 'day' || timesOf({ at }).length === 1, {
    path: ['at'],
    message: 'a turn of a week ends at one time; several are for every: day',
  })
export type Shift = z.infer<typeof Shift>

/** Who is on, from when (counted in) until when (not counted in). */
export interface Turn {
  /** The first is 0. */
  readonly number: number
  readonly people: readonly string[]
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
}

const timesOf = ({ at }: { readonly at: string | readonly string[] }): readonly string[] => [at].flat()

const daysOf = ({ every }: Shift): number => (every === 'week' ? 7 : 1)

/** When a turn begins. A time that the clock skips is as much later; of one that it shows twice, the first. */
const beginsAt = (shift: Shift, turn: number): Temporal.Instant => {
  const times = timesOf(shift)
  const period = Math.floor(turn / times.length)
  return Temporal.PlainDate.from(shift.starts)
    .add({ days: period * daysOf(shift) })
    .toZonedDateTime({
      timeZone: shift.timeZone,
      plainTime: Temporal.PlainTime.from(times[turn - period * times.length] ?? '00:00'),
    })
    .toInstant()
}

/** Null before the first turn. */
export const turnAt = (shift: Shift, at: Temporal.Instant): Turn | null => {
  const { length } = timesOf(shift)
  const day = at.toZonedDateTimeISO(shift.timeZone).toPlainDate()
  const { days } = Temporal.PlainDate.from(shift.starts).until(day, { largestUnit: 'days' })
  // The last one of this day's period may lie ahead: back to the one that has begun.
  let number = (Math.floor(days / daysOf(shift)) + 1) * length - 1
  while (number >= 0 && Temporal.Instant.compare(beginsAt(shift, number), at) > 0) number -= 1
  if (number < 0) return null
  const next = [...Array(length).keys()].map((ahead) => beginsAt(shift, number + 1 + ahead))
  const [soonest] = next.toSorted((one, other) => Temporal.Instant.compare(one, other))
  const until = soonest ?? beginsAt(shift, number + 1)
  return {
    number,
    people: [shift.people[number % shift.people.length] ?? []].flat(),
    from: beginsAt(shift, number),
    until,
  }
}

/** Of a shift that has not begun: when it does. */
export const firstTurnAt = (shift: Shift): Temporal.Instant => beginsAt(shift, 0)
