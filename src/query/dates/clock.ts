import { strict } from 'chrono-node/en'
import { dayOf, type Period } from './calendar.ts'

/** Days and times of day as people write them (`3 november`, `nov 3rd 2026`, `9am`, `14:30`), read by chrono. */

export interface Reading {
  /** A day, when one was named: the last one gone by, unless the year was said. */
  readonly day: Temporal.ZonedDateTime | null
  /** A time of day, when one was named. */
  readonly time: Temporal.PlainTime | null
}

/** Longer pieces are no date; chrono works by expressions, so it is only ever given little. */
const mostCharacters = 40

export const readClock = (text: string, now: Temporal.ZonedDateTime): Reading | null => {
  if (text.length > mostCharacters) return null
  const named = nameOfTime(text)
  if (named !== null) return { day: null, time: named }
  const found = strict.parse(text, {
    instant: new Date(now.epochMilliseconds),
    timezone: now.offsetNanoseconds / 60e9,
  })
  const [only] = found
  if (only === undefined || found.length > 1 || only.text !== text || only.end !== null) return null
  const { start } = only
  const [day, month, hour] = [start.get('day'), start.get('month'), start.get('hour')]
  const dated = start.isCertain('day') && start.isCertain('month') && day !== null && month !== null
  const timed = start.isCertain('hour') && hour !== null
  if (!dated && !timed) return null
  const time = timed ? new Temporal.PlainTime(hour, start.get('minute') ?? 0) : null
  if (!dated) return { day: null, time }
  const date = lastDate(day, month, start.isCertain('year') ? start.get('year') : null, now)
  return date === null ? null : { day: date, time }
}

const nameOfTime = (text: string): Temporal.PlainTime | null =>
  text === 'noon' ? new Temporal.PlainTime(12) : text === 'midnight' ? new Temporal.PlainTime(0) : null

/** Null for a day that no calendar has, such as the 31st of February. */
const lastDate = (
  day: number,
  month: number,
  year: number | null,
  now: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime | null => {
  for (const tried of year === null ? [now.year, now.year - 1] : [year]) {
    const date = dateOf(tried, month, day)
    if (date === null) continue
    const start = date.toZonedDateTime(now.timeZoneId)
    if (year !== null || Temporal.ZonedDateTime.compare(start, now) < 0) return start
  }
  return null
}

const dateOf = (year: number, month: number, day: number): Temporal.PlainDate | null => {
  const lengths = Temporal.PlainYearMonth.from({ year, month })
  return day < 1 || day > lengths.daysInMonth ? null : lengths.toPlainDate({ day })
}

/** `the 3rd`: of this month, or of the one before when it is yet to come. */
export const lastDayNumbered = (day: number, now: Temporal.ZonedDateTime): Period | null => {
  for (const back of [0, 1]) {
    const month = now.toPlainDate().toPlainYearMonth().subtract({ months: back })
    if (day < 1 || day > month.daysInMonth) continue
    const at = month.toPlainDate({ day }).toZonedDateTime(now.timeZoneId)
    if (Temporal.ZonedDateTime.compare(at, now) < 0) return dayOf(at)
  }
  return null
}
