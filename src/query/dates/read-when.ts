import { monthOf, type Period, thisUnit, type Unit, unitBefore, unitOf } from './calendar.ts'
import { type Named, namedAt, numberOf, rollingAt, timeAt, type WordAt } from './named.ts'

/** The time of a question. */
export type Time =
  | { readonly kind: 'period'; readonly period: Period; readonly unit: Unit | null }
  /** Since the newest change; of the service that is named beside it, or else of the one that is asked about. */
  | {
      readonly kind: 'since_change'
      readonly service?: string
      /** Named right beside it, though it is the only one: whether it is also what is asked about, it does not say. */
      readonly beside?: string
    }
  /** `... vs last`: what came before the time named first. */
  | { readonly kind: 'before'; readonly unit: Unit | null; readonly now: Temporal.ZonedDateTime }
  /** Words of a time that is none: not gone by yet, or not in any calendar. */
  | { readonly kind: 'none' }

export interface TimeAt {
  readonly time: Time
  readonly end: number
}

const none = (end: number): TimeAt => ({ time: { kind: 'none' }, end })
const period = (of: Period, unit: Unit | null, end: number): TimeAt =>
  Temporal.ZonedDateTime.compare(of.from, of.to) < 0
    ? { time: { kind: 'period', period: of, unit }, end }
    : none(end)

const before = new Set('in on during for over within of at from throughout across through'.split(' '))

/** The time that begins at a piece; null where none does. `versus`: the piece stands right after `vs`, `than` or `compared to`. */
export const timeOf = (
  word: WordAt,
  start: number,
  now: Temporal.ZonedDateTime,
  versus: boolean,
): TimeAt | null => {
  const short = versus || endsBefore(word, start) ? ellipsisAt(word, start, now) : null
  const at = before.has(word(start) ?? '') ? start + 1 : start
  return (
    short ??
    sinceAt(word, start, now) ??
    rangeAt(word, start, now, versus) ??
    openAt(word, start, now) ??
    plainAt(word, at, now)
  )
}

/** `and the week before?` of a follow-up. */
const endsBefore = (word: WordAt, start: number): boolean => {
  const at = word(start) === 'the' ? start + 1 : start
  return unitOf(word(at)) !== null && word(at + 1) === 'before' && word(at + 2) === null
}

/** `last`, `the week before`, `the previous one`. */
const ellipsisAt = (word: WordAt, start: number, now: Temporal.ZonedDateTime): TimeAt | null => {
  let at = word(start) === 'the' ? start + 1 : start
  const unit = unitOf(word(at))
  const of = (end: number): TimeAt => ({ time: { kind: 'before', unit, now }, end })
  if (word(at) === 'one' || unitOf(word(at)) !== null) {
    if (word(at + 1) === 'before' && word(at + 2) !== 'last' && !word(at + 2)?.startsWith('yesterday'))
      return of(at + 2)
    return null
  }
  if (!['last', 'previous', 'prior'].includes(word(at) ?? '')) return null
  at += 1
  if (word(at) === 'one') return of(at + 1)
  return namedAt(word, at - 1, anyMoment) === null ? of(at) : null
}

/** Any moment will do where only the words count. */
const anyMoment = Temporal.ZonedDateTime.from('2026-01-15T12:00:00+00:00[UTC]')

const changes = new Set(
  'deploy deployment release rollout change push ship deployed shipped released changed pushed'.split(' '),
)
const lately = new Set('the our its last latest newest recent most new that this a'.split(' '))

/** `since monday`, `since 9am`, `since the last deploy`. What is being deployed stands before or behind, as a name. */
const sinceAt = (word: WordAt, start: number, now: Temporal.ZonedDateTime): TimeAt | null => {
  const since = word(start) === 'since'
  if (!since && word(start) !== 'after') return null
  // `since 3 days`, as it is said in other languages.
  const span = since ? rollingAt(word, start + 1, now) : null
  if (span?.period != null) return period(span.period, null, span.end)
  let at = start + 1
  while (lately.has(word(at) ?? '') && namedAt(word, at, now) === null) at += 1
  if (word(at) === 'we' || word(at) === 'you') at += 1
  while (
    ['last', 'it', 'was', 'were', 'is', 'got'].includes(word(at) ?? '') &&
    namedAt(word, at, now) === null
  )
    at += 1
  if (changes.has(word(at) ?? '')) return { time: { kind: 'since_change' }, end: at + 1 }
  if (['start', 'beginning', 'begin'].includes(word(at) ?? '') && word(at + 1) === 'of') {
    const whole = wholeAt(word, at + 2, now)
    return whole === null ? null : period({ from: whole.from, to: now }, null, whole.end)
  }
  const named = namedAt(word, start + 1, now) ?? bareHour(word, start + 1, now)
  if (named === null) return null
  // After a day: whether the day itself counts, nobody can know.
  if (!since && !named.moment) return none(named.end)
  return named.period === null
    ? none(named.end)
    : period({ from: named.period.from, to: now }, null, named.end)
}

/** `the month` is this one. */
const wholeAt = (
  word: WordAt,
  start: number,
  now: Temporal.ZonedDateTime,
): { from: Temporal.ZonedDateTime; end: number } | null => {
  const at = ['the', 'this'].includes(word(start) ?? '') ? start + 1 : start
  const unit = unitOf(word(at))
  if (unit !== null) return { from: thisUnit(unit, now).from, end: at + 1 }
  const named = namedAt(word, start, now)
  return named?.period == null ? null : { from: named.period.from, end: named.end }
}

const bareHour = (word: WordAt, at: number, now: Temporal.ZonedDateTime): Named | null => {
  const hour = /^\d{1,2}$/.test(word(at) ?? '') ? Number(word(at)) : 24
  if (hour > 23 || unitOf(word(at + 1)) !== null) return null
  const from = now.startOfDay().withPlainTime(new Temporal.PlainTime(hour))
  return { period: { from, to: from }, unit: null, moment: true, end: at + 1 }
}

/** `between 2 and 5 november`, `from monday to wednesday`, `today between 02:00 and 04:00`. */
const rangeAt = (
  word: WordAt,
  start: number,
  now: Temporal.ZonedDateTime,
  versus: boolean,
): TimeAt | null => {
  // `compare this week and last`, `the difference between may and june` set one against the other.
  if (versus) return null
  const early = word(start) === 'between' || word(start) === 'from' ? null : dayBefore(word, start, now)
  const opening = early?.end ?? start
  const [between, from] = [word(opening) === 'between', word(opening) === 'from']
  if (!between && !from) return compared(word) ? null : untilAt(word, start, now)
  const first = between || from ? opening + 1 : opening
  for (let to = first + 1; to <= first + 5; to += 1) {
    const joint = word(to)
    if (joint === null) return null
    if (between ? joint !== 'and' : !['to', 'until', 'till', 'through'].includes(joint)) continue
    const range = between2(word, { first, to, day: early?.day ?? null }, now)
    if (range !== null) return range
  }
  return null
}

/** `monday to wednesday`, `2 to 5 november`: without a word in front. */
const untilAt = (word: WordAt, start: number, now: Temporal.ZonedDateTime): TimeAt | null => {
  for (let to = start + 1; to <= start + 4; to += 1) {
    const joint = word(to)
    if (joint === null) return null
    if (!['to', 'until', 'till', 'through'].includes(joint)) continue
    const range = between2(word, { first: start, to, day: null }, now)
    return range !== null && namedAt(word, to + 1, now)?.unit === 'day' ? range : null
  }
  return null
}

/** `compare monday to tuesday` sets one against the other. */
const compared = (word: WordAt): boolean =>
  Array.from({ length: mostCompared }, (_, at) => word(at) ?? '').some((each) =>
    /^(compar|differ|vs$|versus$|than$|improve)/.test(each),
  )
const mostCompared = 80

const dayBefore = (
  word: WordAt,
  start: number,
  now: Temporal.ZonedDateTime,
): { day: Period; end: number } | null => {
  const at = word(start) === 'on' ? start + 1 : start
  const named = namedAt(word, at, now)
  return named?.unit === 'day' && named.period !== null ? { day: named.period, end: named.end } : null
}

const between2 = (
  word: WordAt,
  { first, to, day }: { first: number; to: number; day: Period | null },
  now: Temporal.ZonedDateTime,
): TimeAt | null => {
  const times = hoursBetween(word, first, to, now)
  if (times !== null) {
    const on = word(times.end) === 'on' ? times.end + 1 : times.end
    const later = day === null ? namedAt(word, on, now) : null
    const named = later?.unit === 'day' ? later : null
    const base = day ?? named?.period ?? { from: now.startOfDay(), to: now }
    return capped(
      { from: base.from.withPlainTime(times.from), to: base.from.withPlainTime(times.to) },
      named?.end ?? times.end,
      now,
    )
  }
  const end = namedAt(word, to + 1, now)
  if (end === null || day !== null) return null
  const begin = beginningOf(word, first, to, end, now)
  if (begin === null || begin.end !== to) return null
  if (begin.period === null || end.period === null) return none(end.end)
  return capped({ from: begin.period.from, to: end.period.to }, end.end, now)
}

/** `2 and 5 november`: the first day is of the month that is named with the second. */
const beginningOf = (
  word: WordAt,
  first: number,
  to: number,
  end: Named,
  now: Temporal.ZonedDateTime,
): Named | null => {
  const day = /^(\d{1,2})(st|nd|rd|th)?$/.exec(word(word(first) === 'the' ? first + 1 : first) ?? '')
  const until = word(first) === 'the' ? first + 2 : first + 1
  if (day !== null && until === to && end.unit === 'day' && end.period !== null) {
    const { from } = end.period
    const number = Number(day[1])
    if (number < 1 || number > from.daysInMonth) return { period: null, unit: null, moment: false, end: to }
    const start = from.with({ day: number })
    return { period: { from: start, to: start.add({ days: 1 }) }, unit: 'day', moment: false, end: to }
  }
  return namedAt(word, first, now)
}

const hoursBetween = (
  word: WordAt,
  first: number,
  to: number,
  now: Temporal.ZonedDateTime,
): { from: Temporal.PlainTime; to: Temporal.PlainTime; end: number } | null => {
  const end = timeAt(word, to + 1, now) ?? hourAt(word, to + 1)
  const begin = timeAt(word, first, now) ?? hourAt(word, first)
  if (end === null || begin?.end !== to) return null
  // `9 and 11` alone could be anything; one of them has to be a time of day, or both hours of one.
  return { from: begin.time, to: end.time, end: end.end }
}

const hourAt = (word: WordAt, at: number): { time: Temporal.PlainTime; end: number } | null => {
  const hour = /^\d{1,2}$/.test(word(at) ?? '') ? numberOf(word(at)) : null
  if (hour === null || hour > 23 || isMonthNear(word, at)) return null
  return { time: new Temporal.PlainTime(hour), end: at + 1 }
}

const isMonthNear = (word: WordAt, at: number): boolean => monthOf(word(at + 1)) !== null

const capped = (of: Period, end: number, now: Temporal.ZonedDateTime): TimeAt =>
  period({ from: of.from, to: Temporal.ZonedDateTime.compare(of.to, now) > 0 ? now : of.to }, null, end)

/** `before monday`, `until yesterday` have no beginning, so they can't be asked. */
const openAt = (word: WordAt, start: number, now: Temporal.ZonedDateTime): TimeAt | null => {
  if (!['before', 'until', 'till', 'by', 'around'].includes(word(start) ?? '')) return null
  const named = namedAt(word, start + 1, now)
  return named === null ? null : none(named.end)
}

const plainAt = (word: WordAt, at: number, now: Temporal.ZonedDateTime): TimeAt | null => {
  const named = namedAt(word, at, now)
  if (named === null) return null
  // A moment is no stretch of time in which anything could be counted.
  if (named.period === null || named.moment) return none(named.end)
  const { from, to } = named.period
  const end =
    ['so', 'up'].includes(word(named.end) ?? '') && ['far', 'to'].includes(word(named.end + 1) ?? '')
      ? named.end + 2
      : named.end
  return capped({ from, to }, end, now).time.kind === 'none'
    ? none(end)
    : { time: { kind: 'period', period: { from, to: earlier(to, now) }, unit: named.unit }, end }
}

const earlier = (one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime): Temporal.ZonedDateTime =>
  Temporal.ZonedDateTime.compare(one, other) > 0 ? other : one

/** What `... vs last` means beside a first time; null when that has no length of the calendar. */
export const beforeOf = (first: Time): Period | null =>
  first.kind === 'period' && first.unit !== null ? unitBefore(first.period, first.unit) : null

/** `and the week before?`: before a stretch that began at an instant. */
export const beforeInstant = (from: string, time: Extract<Time, { kind: 'before' }>): Period | null => {
  if (time.unit === null) return null
  const start = Temporal.Instant.from(from).toZonedDateTimeISO(time.now.timeZoneId)
  return unitBefore({ from: start, to: start }, time.unit)
}
