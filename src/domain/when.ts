import { parseDuration } from './duration.ts'
import { weekdays } from './policy/calendar.ts'

/** Times as people type them: `18:00`, `2h`, `tomorrow 09:00`, `friday 18:00`, `2026-12-24 18:00`. */

export const whenExamples = '18:00, 2h, tomorrow 09:00, friday 18:00 or 2026-12-24 18:00'

/**
 * The instant that is meant, by the clock on the wall of `zone`: a time of day is the next one, a day without one is its
 * beginning. Null when it is none of these, or further away than a calendar reaches. It may lie in the past.
 */
export const parseWhen = (typed: string, now: Temporal.Instant, zone: string): Temporal.Instant | null => {
  const words = typed.trim().replace(/\s+/g, ' ').slice(0, longest)
  try {
    return (
      afterDuration(words, now) ??
      exactly(words) ??
      onDay(words, now.toZonedDateTimeISO(zone)) ??
      nextTimeOfDay(words, now.toZonedDateTimeISO(zone))
    )
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const longest = 60

/** `2h`, `in 90m`, `1h30m` */
const afterDuration = (words: string, now: Temporal.Instant): Temporal.Instant | null => {
  const parts = /^(?:in )?((?:\d{1,6}(?:s|m|h|d) ?){1,4})$/i.exec(words)?.[1]?.match(/\d+[a-z]/gi)
  if (parts === undefined || parts === null) return null
  const ms = parts.reduce((sum, part) => sum + (parseDuration(part.toLowerCase()) ?? 0), 0)
  return now.add({ milliseconds: ms })
}

/** With its own zone: `2026-12-24T18:00Z`, `2026-12-24T18:00:00+01:00` */
const exactly = (words: string): Temporal.Instant | null =>
  /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}\S*([Zz]|[+-]\d{2}:?\d{2})$/.test(words)
    ? Temporal.Instant.from(words.replace(' ', 'T'))
    : null

const onDay = (words: string, now: Temporal.ZonedDateTime): Temporal.Instant | null => {
  const [, named = '', time = '00:00'] =
    /^(\d{4}-\d{2}-\d{2}|[a-z]+)(?:(?:t| at | )(\d{1,2}:\d{2}))?$/.exec(words.toLowerCase()) ?? []
  const day = dayOf(named, now.toPlainDate())
  return day === null ? null : at(day, time, now.timeZoneId)
}

const dayOf = (named: string, today: Temporal.PlainDate): Temporal.PlainDate | null => {
  if (/^\d/.test(named)) return Temporal.PlainDate.from(named)
  if (named === 'today') return today
  if (named === 'tomorrow') return today.add({ days: 1 })
  if (named === 'midnight') return today.add({ days: 1 })
  const wanted = weekdays.findIndex((day, index) => named === day || named === dayNames[index])
  // The next of that name: on a Friday, `friday` is in a week.
  return wanted < 0 ? null : today.add({ days: ((wanted + 1 - today.dayOfWeek + 6) % 7) + 1 })
}

const dayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** Today, or tomorrow when it is over. */
const nextTimeOfDay = (words: string, now: Temporal.ZonedDateTime): Temporal.Instant | null => {
  if (!/^\d{1,2}:\d{2}$/.test(words)) return null
  const today = at(now.toPlainDate(), words, now.timeZoneId)
  return today !== null && Temporal.Instant.compare(today, now.toInstant()) <= 0
    ? at(now.toPlainDate().add({ days: 1 }), words, now.timeZoneId)
    : today
}

/** A time that the clocks skip or repeat is the later of the two: what is said to last lasts. */
const at = (day: Temporal.PlainDate, time: string, zone: string): Temporal.Instant | null => {
  const [hour = Number.NaN, minute = Number.NaN] = time.split(':').map(Number)
  if (!(minute < 60 && (hour < 24 || (hour === 24 && minute === 0)))) return null
  return day
    .add({ days: hour === 24 ? 1 : 0 })
    .toPlainDateTime({ hour: hour % 24, minute })
    .toZonedDateTime(zone, { disambiguation: 'later' })
    .toInstant()
}
