import {
  dayOf,
  gone,
  lastMonthNamed,
  lastWeekday,
  lastWeekend,
  monthIn,
  monthOf,
  type Period,
  rolling,
  thisUnit,
  type Unit,
  unitBack,
  unitOf,
  weekdayOf,
  weekdayOfWeek,
} from './calendar.ts'
import { lastDayNumbered, readClock } from './clock.ts'

/** One word of a question at a place, or null where a name or nothing stands. */
export type WordAt = (at: number) => string | null

export interface Named {
  /** Null: words of a date that name no time gone by, such as `tomorrow` or `31 february`. */
  readonly period: Period | null
  /** The calendar unit that it is one of. */
  readonly unit: Unit | null
  /** A moment and no stretch: `9am`. */
  readonly moment: boolean
  /** The piece after its last. */
  readonly end: number
}

const none = (end: number): Named => ({ period: null, unit: null, moment: false, end })
const found = (period: Period | null, unit: Unit | null, end: number): Named => ({
  period,
  unit,
  moment: false,
  end,
})

/** A time by its name, without what stands before it: `last week`, `today`, `october`, `monday 14:00`. */
export const namedAt = (word: WordAt, start: number, now: Temporal.ZonedDateTime): Named | null => {
  const at = word(start) === 'the' ? start + 1 : start
  const day = relativeAt(word, at, now) ?? absoluteAt(word, at, now)
  if (day === null) return null
  return withTime(word, day, now)
}

const numbers = new Map(
  'one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((name, at) => [name, at + 1] as const),
)

export const numberOf = (word: string | null): number | null => {
  if (word === null) return null
  if (/^\d{1,4}$/.test(word)) return Number(word)
  return numbers.get(word) ?? (word === 'couple' ? 2 : null)
}

const lasts = new Set(['last', 'past', 'previous', 'prior'])
const thises = new Set(['this', 'current'])

const relativeAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const first = word(at)
  const second = word(at + 1)
  if (first === null) return null
  if (first === 'today' || first === 'todays') return found(thisUnit('day', now), 'day', at + 1)
  if (first === 'yesterday' || first === 'yesterdays') return found(unitBack('day', 1, now), 'day', at + 1)
  if (first === 'day' && second === 'before' && word(at + 2)?.startsWith('yesterday') === true)
    return found(unitBack('day', 2, now), 'day', at + 3)
  if (['tomorrow', 'tonight', 'tomorrows'].includes(first)) return none(at + 1)
  if (first === 'next' || first === 'coming') return futureAt(word, at)
  if (first === 'weekend') return found(lastWeekend(now), null, at + 1)
  const unit = unitOf(first)
  if (unit !== null) return unitFirst(word, at, unit, now)
  if (lasts.has(first)) return lastAt(word, at, now)
  if (thises.has(first)) return thisAt(word, at, now)
  return agoAt(word, at, now) ?? weekdayAt(word, at, now) ?? monthAt(word, at, now) ?? yearAt(word, at, now)
}

const futureAt = (word: WordAt, at: number): Named | null => {
  const next = word(at + 1)
  return unitOf(next) !== null || weekdayOf(next) !== null || monthOf(next) !== null || next === 'weekend'
    ? none(at + 2)
    : null
}

/** `week before last`, `month to date`. */
const unitFirst = (word: WordAt, at: number, unit: Unit, now: Temporal.ZonedDateTime): Named | null => {
  if (unit === 'week') {
    const week = weekAt(word, at + 1, now)
    if (week !== null) return week
  }
  if (word(at + 1) === 'before' && word(at + 2) === 'last') return found(unitBack(unit, 2, now), unit, at + 3)
  if (word(at + 1) === 'to' && word(at + 2) === 'date') return found(thisUnit(unit, now), unit, at + 3)
  return null
}

/** `week of 2 november` is of the calendar, `week starting 4 november` begins then; `week 45` is counted as ISO does. */
const weekAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const number = /^\d{1,2}$/.test(word(at) ?? '') && word(at + 1) !== 'of' ? Number(word(at)) : null
  if (number !== null) return numberedWeek(number, at + 1, now)
  if (!['of', 'starting', 'beginning', 'commencing'].includes(word(at) ?? '')) return null
  const day = namedAt(word, at + 1, now)
  if (day?.unit !== 'day' || day.period === null) return null
  const { from } = day.period
  const start = word(at) === 'of' ? from.subtract({ days: from.dayOfWeek - 1 }) : from
  return found(gone({ from: start, to: start.add({ days: 7 }) }, now), 'week', day.end)
}

/** The last one gone by. */
const numberedWeek = (number: number, end: number, now: Temporal.ZonedDateTime): Named | null => {
  for (const back of [0, 1]) {
    // The 4th of January is always in the first week.
    const first = now.startOfDay().with({ year: now.year - back, month: 1, day: 4 })
    const from = first.subtract({ days: first.dayOfWeek - 1 }).add({ weeks: number - 1 })
    if (number > 0 && number < 54 && Temporal.ZonedDateTime.compare(from, now) < 0)
      return found(gone({ from, to: from.add({ weeks: 1 }) }, now), 'week', end)
  }
  return none(end)
}

/** `last week` is of the calendar; `past week`, `last 7 days` and `last hour` end now. */
const lastAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const next = word(at + 1)
  const past = word(at) === 'past'
  const unit = unitOf(next)
  if (unit !== null && (unit === 'hour' || unit === 'minute' || (unit === 'day' && !past)))
    return found(rolling(1, unit, now), null, at + 2)
  const weekday = unit === 'week' && !past ? weekdayOf(word(at + 2)) : null
  if (weekday !== null) return found(weekdayOfWeek(weekday, 1, now), 'day', at + 3)
  if (unit !== null)
    return past ? found(rolling(1, unit, now), null, at + 2) : found(unitBack(unit, 1, now), unit, at + 2)
  if (next === 'fortnight') return found(rolling(14, 'day', now), null, at + 2)
  if (next === 'weekend') return found(lastWeekend(now), null, at + 2)
  if (weekdayOf(next) !== null) return weekdayAt(word, at + 1, now)
  const month = monthOf(next)
  if (month !== null)
    return found(
      month === now.month ? monthIn(month, now.year - 1, now) : lastMonthNamed(month, now),
      'month',
      at + 2,
    )
  return rollingAt(word, at + 1, now)
}

export const rollingAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const joined = /^(\d{1,4})(m|min|mins|h|hr|hrs|d|w|days?|hours?|weeks?|months?)$/.exec(word(at) ?? '')
  if (joined !== null) {
    const unit = unitOf({ hr: 'h', hrs: 'h' }[joined[2] ?? ''] ?? joined[2] ?? '')
    return unit === null ? null : found(rolling(Number(joined[1]), unit, now), null, at + 1)
  }
  const article = word(at) === 'a' ? 1 : 0
  const count = numberOf(word(at + article))
  if (count === null || count === 0) return null
  const of = word(at + article + 1) === 'of' ? 1 : 0
  const unit = unitOf(word(at + article + of + 1))
  if (unit === null) return word(at + article + of + 1) === 'weekends' ? none(at + article + of + 2) : null
  return found(rolling(count, unit, now), null, at + article + of + 2)
}

const thisAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const next = word(at + 1)
  const unit = unitOf(next)
  if (unit !== null) return found(thisUnit(unit, now), unit, at + 2)
  if (next === 'past' || next === 'last') return lastAt(word, at + 1, now)
  if (next === 'weekend')
    return now.dayOfWeek < 6
      ? none(at + 2)
      : found({ ...thisUnit('week', now), from: saturday(now) }, null, at + 2)
  const weekday = weekdayOf(next)
  if (weekday !== null) return found(weekdayOfWeek(weekday, 0, now), 'day', at + 2)
  const month = monthOf(next)
  if (month !== null && next !== 'may')
    return month <= now.month
      ? found(month === now.month ? thisUnit('month', now) : lastMonthNamed(month, now), 'month', at + 2)
      : none(at + 2)
  // What part of a day a morning is, nobody can know.
  if (['morning', 'afternoon', 'evening', 'night'].includes(next ?? '')) return none(at + 2)
  return null
}

const saturday = (now: Temporal.ZonedDateTime): Temporal.ZonedDateTime =>
  now.startOfDay().subtract({ days: now.dayOfWeek - 6 })

/** `3 days ago` is that day; of a longer unit it is anybody's guess. */
const agoAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const count = word(at) === 'a' ? 1 : numberOf(word(at))
  const unit = unitOf(word(at + 1))
  if (count === null || unit === null || word(at + 2) !== 'ago') return null
  if (unit === 'day') return found(unitBack('day', count, now), 'day', at + 3)
  const { from } = rolling(count, unit, now)
  return { period: { from, to: from }, unit: null, moment: true, end: at + 3 }
}

const weekdayAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const weekday = weekdayOf(word(at))
  if (weekday === null) return null
  const of = ['of', 'in'].includes(word(at + 1) ?? '') ? 1 : 0
  const [which, unit] = [word(at + of + 1), unitOf(word(at + of + 2))]
  if (unit === 'week' && which !== null && (thises.has(which) || lasts.has(which)))
    return found(weekdayOfWeek(weekday, thises.has(which) ? 0 : 1, now), 'day', at + of + 3)
  return found(lastWeekday(weekday, now), 'day', at + 1)
}

/** A month alone; one with a day is a date. */
const monthAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const month = monthOf(word(at))
  if (month === null || isDayNumber(word(at + 1))) return null
  // `may` alone is more often asking for leave.
  if (word(at) === 'may' && !['in', 'since', 'last', 'of', 'during'].includes(word(at - 1) ?? '')) return null
  const year = yearOf(word(at + 1), now)
  if (year === null) return found(lastMonthNamed(month, now), 'month', at + 1)
  return found(gone(monthIn(month, year, now), now), 'month', at + 2)
}

const yearAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const quarter = /^q([1-4])$/.exec(word(at) ?? '')
  if (quarter !== null) {
    const year = yearOf(word(at + 1), now)
    const month = Number(quarter[1]) * 3 - 2
    const first = monthIn(month, year ?? (month <= now.month ? now.year : now.year - 1), now)
    return found(
      gone({ from: first.from, to: first.from.add({ months: 3 }) }, now),
      'quarter',
      at + (year === null ? 1 : 2),
    )
  }
  const year = yearOf(word(at), now)
  if (year === null || !['in', 'during', 'since', 'of', 'for', 'and', 'from'].includes(word(at - 1) ?? ''))
    return null
  const from = now.startOfDay().with({ year, month: 1, day: 1 })
  return found(gone({ from, to: from.add({ years: 1 }) }, now), 'year', at + 1)
}

const yearOf = (word: string | null, now: Temporal.ZonedDateTime): number | null =>
  word !== null && /^20\d\d$/.test(word) && Number(word) <= now.year ? Number(word) : null

const ordinal = /^(\d{1,2})(st|nd|rd|th)$/
const isDayNumber = (word: string | null): boolean =>
  word !== null && (/^\d{1,2}$/.test(word) || ordinal.test(word))
const clockWord = /^(\d{1,2}(:\d\d)?(am|pm|h)?|\d{1,2}\.\d\d|am|pm|oclock|o'clock|noon|midnight)$/
const dateWord = /^(\d{1,2}(st|nd|rd|th)?|\d{4}(-\d\d-\d\d)?|of|at|the)$/

/** Days of the calendar: as many words as chrono takes for one date, at most six. */
const absoluteAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  let end = at
  while (end < at + 6 && isOfDate(word(end))) end += 1
  for (; end > at; end -= 1) {
    const words = Array.from({ length: end - at }, (_, offset) => word(at + offset) ?? '')
    if (words.length === 1 && /^\d{1,3}$/.test(words[0] ?? '')) continue
    const read = readClock(words.join(' ').replace(/(\d)h$/, '$1:00'), now)
    if (read !== null) return ofReading(read, end, now)
    // `31 february` looks like a date, and is none.
    if (looksLikeDate(words)) return none(end)
  }
  const numbered = ordinal.exec(word(at) ?? '')
  return numbered === null ? null : found(lastDayNumbered(Number(numbered[1]), now), 'day', at + 1)
}

const isOfDate = (word: string | null): boolean =>
  word !== null && (monthOf(word) !== null || clockWord.test(word) || dateWord.test(word))

const looksLikeDate = (words: readonly string[]): boolean =>
  words.some((word) => monthOf(word) !== null && word !== 'may') && words.some(isDayNumber)

const ofReading = (
  { day, time }: { day: Temporal.ZonedDateTime | null; time: Temporal.PlainTime | null },
  end: number,
  now: Temporal.ZonedDateTime,
): Named => {
  const date = day ?? now
  if (time === null) return found(gone(dayOf(date), now), 'day', end)
  const at = date.withPlainTime(time)
  return { period: { from: at, to: at }, unit: null, moment: true, end }
}

/** A day may be followed by a time of day, which makes a moment of it. */
const withTime = (word: WordAt, day: Named, now: Temporal.ZonedDateTime): Named => {
  if (day.moment) return dayAfterTime(word, day, now)
  if (day.unit !== 'day' || day.period === null) return day
  const at = word(day.end) === 'at' ? day.end + 1 : day.end
  if (['morning', 'afternoon', 'evening', 'night'].includes(word(at) ?? '')) return none(at + 1)
  const time = timeAt(word, at, now)
  if (time === null) return day
  const moment = day.period.from.withPlainTime(time.time)
  return { period: { from: moment, to: moment }, unit: null, moment: true, end: time.end }
}

/** `9am yesterday`. */
const dayAfterTime = (word: WordAt, moment: Named, now: Temporal.ZonedDateTime): Named => {
  if (moment.period === null) return moment
  const at = word(moment.end) === 'on' ? moment.end + 1 : moment.end
  const day = relativeAt(word, at, now)
  if (day?.unit !== 'day' || day.period === null) return moment
  const when = day.period.from.withPlainTime(moment.period.from.toPlainTime())
  return { period: { from: when, to: when }, unit: null, moment: true, end: day.end }
}

/** A time of day alone. */
export const timeAt = (
  word: WordAt,
  at: number,
  now: Temporal.ZonedDateTime,
): { readonly time: Temporal.PlainTime; readonly end: number } | null => {
  for (const end of [at + 2, at + 1]) {
    const words = Array.from({ length: end - at }, (_, offset) => word(at + offset) ?? '')
    if (!words.every((each) => clockWord.test(each)) || /^\d{1,2}$/.test(words.join(' '))) continue
    const read = readClock(
      words
        .join(' ')
        .replace(/(\d)h$/, '$1:00')
        .replace('.', ':'),
      now,
    )
    if (read?.time !== null && read?.day === null) return { time: read.time, end }
  }
  return null
}
