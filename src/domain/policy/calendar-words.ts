import type { ChangeWindow } from './calendar.ts'
import { weekdays } from './calendar.ts'
import { type Hours, minuteOf, zoneOf } from './opening.ts'

/** Times and windows as a person reads them: always with the zone. */

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** `Fri 2026-06-05 18:00 in Europe/Berlin` */
export const localInWords = (at: Temporal.Instant, zone: string): string => {
  const local = at.toZonedDateTimeISO(zone)
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  return `${dayNames[local.dayOfWeek - 1]} ${local.toPlainDate().toString()} ${time} ${zone === 'UTC' ? zone : `in ${zone}`}`
}

/** `Mon-Fri 09:00-18:00`, with its zone where that is not the service's. */
export const windowInWords = (window: ChangeWindow, hours: Pick<Hours, 'zone'>): string => {
  const { from, to } = window
  const zone = zoneOf(window.timeZone, hours)
  const nextDay = minuteOf(to) <= minuteOf(from) ? ' of the next day' : ''
  const days = weekdays.flatMap((day, at) => (window.days.includes(day) ? [at] : []))
  return `${daysInWords(days)} ${from}-${to}${nextDay}${zone === hours.zone ? '' : ` in ${zone}`}`
}

export const windowsInWords = (hours: Pick<Hours, 'windows' | 'zone'>): string =>
  [...new Set(hours.windows.map((window) => windowInWords(window, hours)))].join(', ')

/** `Mon-Fri`, `Sat, Sun`, `Mon, Wed-Fri`: three in a row or more are a span. */
const daysInWords = (days: readonly number[]): string => {
  const spans: number[][] = []
  for (const day of days) {
    const span = spans.at(-1)
    if (span !== undefined && span.at(-1) === day - 1) span.push(day)
    else spans.push([day])
  }
  return spans
    .map((span) => {
      const names = span.map((day) => dayNames[day])
      return names.length > 2 ? `${names[0]}-${names.at(-1)}` : names.join(', ')
    })
    .join(', ')
}
