import type { ChangeWindow, Holidays } from './calendar.ts'
import { weekdays } from './calendar.ts'

/** When windows are open. The clock on the wall decides: an hour that a change of clocks skips or repeats is skipped or repeated. */

export interface Hours {
  readonly windows: readonly ChangeWindow[]
  readonly holidays: readonly Holidays[]
  /** IANA zone of the service, which `service` stands for. */
  readonly zone: string
}

const dayMs = 86_400_000

export const zoneOf = (named: string, { zone }: Pick<Hours, 'zone'>): string =>
  named === 'service' ? zone : named

/** Minutes since midnight; 1440 for 24:00. */
export const minuteOf = (timeOfDay: string): number =>
  Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3))

/** Open when any window is; no windows at all: always. */
export const isOpenAt = (hours: Hours, at: Temporal.Instant): boolean =>
  hours.windows.length === 0 ||
  (holidayAt(hours, at) === null && hours.windows.some((window) => isOpen(window, hours, at)))

/** The holiday that it is then, by the clock of its own zone. */
export const holidayAt = (hours: Hours, at: Temporal.Instant): { id: string; date: string } | null => {
  for (const { id, dates, timeZone } of hours.holidays) {
    if (dates.length === 0) continue
    const date = at.toZonedDateTimeISO(zoneOf(timeZone, hours)).toPlainDate().toString()
    if (dates.includes(date)) return { id, date }
  }
  return null
}

const isOpen = (window: ChangeWindow, hours: Hours, at: Temporal.Instant): boolean => {
  const zone = zoneOf(window.timeZone, hours)
  const began = openedOn(window, at.toZonedDateTimeISO(zone))
  if (began === null || !window.days.some((day) => weekdays.indexOf(day) === began.dayOfWeek - 1))
    return false
  if (hours.holidays.length === 0) return true
  const opening = began.toZonedDateTime({ timeZone: zone, plainTime: window.from }).toInstant()
  return holidayAt(hours, opening) === null
}

/** The local day on which it opened, if it is within its times of day; null outside them. */
const openedOn = ({ from, to }: ChangeWindow, local: Temporal.ZonedDateTime): Temporal.PlainDate | null => {
  const minute = local.hour * 60 + local.minute
  const [first, end] = [minuteOf(from), minuteOf(to)]
  const today = local.toPlainDate()
  if (first < end) return minute >= first && minute < end ? today : null
  if (minute >= first) return today
  return minute < end ? today.subtract({ days: 1 }) : null
}

/** `from` itself when it is open then; null when nothing opens up to `until`. */
export const nextOpening = (
  hours: Hours,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Temporal.Instant | null => {
  if (isOpenAt(hours, from)) return from
  for (const turn of turns(hours, from, until)) if (isOpenAt(hours, turn)) return turn
  return null
}

/** The first instant after `from` at which no window is open; null when it stays open up to `until`. */
export const nextClosing = (
  hours: Hours,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Temporal.Instant | null => {
  for (const turn of turns(hours, from, until)) if (!isOpenAt(hours, turn)) return turn
  return null
}

/** Every instant after `from` and up to `until` at which a window may open or close, in order. */
function* turns(hours: Hours, from: Temporal.Instant, until: Temporal.Instant): Generator<Temporal.Instant> {
  if (hours.windows.length === 0) return
  const clocks = clocksOf(hours)
  const end = until.epochMilliseconds
  for (let after = from.epochMilliseconds; after < end; after += dayMs) {
    const to = Math.min(after + dayMs, end)
    const found = new Set<number>()
    for (const [zone, minutes] of clocks)
      for (const at of turnsOfClock(zone, minutes, after, to)) if (at > after && at <= to) found.add(at)
    for (const at of [...found].sort((one, other) => one - other))
      yield Temporal.Instant.fromEpochMilliseconds(at)
  }
}

/** The times of day that count, by zone; a day's beginning always does. */
const clocksOf = (hours: Hours): Map<string, Set<number>> => {
  const clocks = new Map<string, Set<number>>()
  const add = (zone: string, minutes: readonly number[]) => {
    const known = clocks.get(zone) ?? new Set([0])
    for (const minute of minutes) known.add(minute % 1_440)
    clocks.set(zone, known)
  }
  for (const { timeZone, from, to } of hours.windows)
    add(zoneOf(timeZone, hours), [minuteOf(from), minuteOf(to)])
  for (const { timeZone } of hours.holidays) add(zoneOf(timeZone, hours), [])
  return clocks
}

/** Some may lie a little outside; a time that the clocks skip is where they jump. */
function* turnsOfClock(zone: string, minutes: Set<number>, after: number, to: number): Generator<number> {
  const first = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone)
  const last = Temporal.Instant.fromEpochMilliseconds(to).toZonedDateTimeISO(zone)
  // A repeated hour reaches into the day after the clocks were set back.
  const before = first.subtract({ hours: 24 })
  const even = before.offset === first.offset && first.offset === last.offset
  if (!even)
    for (
      let jump = before.getTimeZoneTransition('next');
      jump !== null && jump.epochMilliseconds <= to;
      jump = jump.getTimeZoneTransition('next')
    )
      yield jump.epochMilliseconds
  for (
    let date = first.toPlainDate();
    Temporal.PlainDate.compare(date, last.toPlainDate()) <= 0;
    date = date.add({ days: 1 })
  )
    for (const minute of minutes) {
      const local = date.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 })
      yield local.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds
      if (!even) yield local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
    }
}
