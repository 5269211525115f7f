/** A stretch of time in the tenant's zone; `to` is exclusive. */
export interface Period {
  readonly from: Temporal.ZonedDateTime
  readonly to: Temporal.ZonedDateTime
}

export const units = {
  minute: 'minute min mins minutes m',
  hour: 'hour hours h',
  day: 'day days d',
  week: 'week weeks w',
  month: 'month months',
  quarter: 'quarter quarters',
  year: 'year years',
} as const
export type Unit = keyof typeof units

const unitWords = new Map(
  Object.entries(units).flatMap(([unit, words]) =>
    words.split(' ').map((word) => [word, unit as Unit] as const),
  ),
)
export const unitOf = (word: string | null): Unit | null =>
  word === null ? null : (unitWords.get(word) ?? null)

const dayNames = [
  'monday mon',
  'tuesday tue tues',
  'wednesday wed weds',
  'thursday thu thur thurs',
  'friday fri',
  'saturday sat',
  'sunday sun',
]
const monthNames = [
  'january jan',
  'february feb',
  'march mar',
  'april apr',
  'may',
  'june jun',
  'july jul',
  'august aug',
  'september sep sept',
  'october oct',
  'november nov',
  'december dec',
]
const numbered = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.flatMap((line, at) => line.split(' ').map((name) => [name, at + 1] as const)))
const weekdays = numbered(dayNames)
const months = numbered(monthNames)

/** 1 is Monday. */
export const weekdayOf = (word: string | null): number | null =>
  word === null ? null : (weekdays.get(word) ?? null)
/** 1 is January. */
export const monthOf = (word: string | null): number | null =>
  word === null ? null : (months.get(word) ?? null)

/** Words of dates that a slip of the finger may miss. */
export const dateWords: readonly string[] = [
  ...dayNames.flatMap((line) => line.split(' ')),
  ...monthNames.flatMap((line) => line.split(' ')),
  ...unitWords.keys(),
  ...'today todays yesterday yesterdays tomorrow weekend last previous past since between before after until ago'.split(
    ' ',
  ),
].filter((word) => word.length > 3)

const startOf = (unit: Unit, at: Temporal.ZonedDateTime): Temporal.ZonedDateTime => {
  const day = at.startOfDay()
  switch (unit) {
    case 'minute':
      return at.round({ smallestUnit: 'minute', roundingMode: 'floor' })
    case 'hour':
      return at.round({ smallestUnit: 'hour', roundingMode: 'floor' })
    case 'day':
      return day
    case 'week':
      return day.subtract({ days: at.dayOfWeek - 1 })
    case 'month':
      return day.with({ day: 1 })
    case 'quarter':
      return day.with({ day: 1, month: at.month - ((at.month - 1) % 3) })
    case 'year':
      return day.with({ day: 1, month: 1 })
  }
}

const length = (unit: Unit, count: number): Temporal.DurationLike =>
  unit === 'quarter' ? { months: 3 * count } : { [`${unit}s`]: count }

/** From its beginning up to now. */
export const thisUnit = (unit: Unit, now: Temporal.ZonedDateTime): Period => ({
  from: startOf(unit, now),
  to: now,
})

/** The whole calendar unit that lies so many back: 1 is the last one. */
export const unitBack = (unit: Unit, back: number, now: Temporal.ZonedDateTime): Period => {
  const from = startOf(unit, now).subtract(length(unit, back))
  return { from, to: from.add(length(unit, 1)) }
}

/** The same unit as a period that begins one, one earlier: `the week before`. */
export const unitBefore = ({ from }: Period, unit: Unit): Period => {
  const start = startOf(unit, from).subtract(length(unit, 1))
  return { from: start, to: start.add(length(unit, 1)) }
}

/** So many units up to now. Days and weeks are of 24 and 168 hours; months and years go by the calendar. */
export const rolling = (count: number, unit: Unit, now: Temporal.ZonedDateTime): Period => {
  const hours = { minute: 1 / 60, hour: 1, day: 24, week: 168, month: 0, quarter: 0, year: 0 }[unit] * count
  return {
    from: hours > 0 ? now.subtract({ minutes: Math.round(hours * 60) }) : now.subtract(length(unit, count)),
    to: now,
  }
}

/** The last one gone by; today is none. */
export const lastWeekday = (weekday: number, now: Temporal.ZonedDateTime): Period => {
  const back = (now.dayOfWeek - weekday + 7) % 7 || 7
  return dayOf(now.subtract({ days: back }))
}

/** A weekday of the week that lies so many back; null when it has not begun. */
export const weekdayOfWeek = (weekday: number, back: number, now: Temporal.ZonedDateTime): Period | null => {
  const day = dayOf(startOf('week', now).add({ days: weekday - 1 - 7 * back }))
  return gone(day, now)
}

export const dayOf = (at: Temporal.ZonedDateTime): Period => {
  const from = at.startOfDay()
  return { from, to: from.add({ days: 1 }) }
}

/** The last whole weekend; on a weekend the one that has begun. */
export const lastWeekend = (now: Temporal.ZonedDateTime): Period => {
  const monday = startOf('week', now)
  return { from: monday.subtract({ days: 2 }), to: monday }
}

/** The month in its last year gone by, or up to now when it is this month. */
export const lastMonthNamed = (month: number, now: Temporal.ZonedDateTime): Period => {
  if (month === now.month) return thisUnit('month', now)
  return monthIn(month, month < now.month ? now.year : now.year - 1, now)
}

export const monthIn = (month: number, year: number, now: Temporal.ZonedDateTime): Period => {
  const from = startOf('year', now).with({ year, month })
  return { from, to: from.add({ months: 1 }) }
}

/** What has begun, up to now at the most; null for what is yet to come. */
export const gone = (period: Period, now: Temporal.ZonedDateTime): Period | null => {
  if (Temporal.ZonedDateTime.compare(period.from, now) >= 0) return null
  return Temporal.ZonedDateTime.compare(period.to, now) > 0 ? { from: period.from, to: now } : period
}
