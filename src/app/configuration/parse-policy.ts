import type { PolicyDocument } from '../../domain/policy/document.ts'
import { readPolicy } from '../../domain/policy/read-policy.ts'
import type { FileProblem } from '../../domain/reading.ts'
import { placeProblems, readYamlFile, type YamlReading } from '../read-yaml.ts'
import type { CalendarReading } from './read-calendar.ts'

/** Days of the iCalendar files that a policy names, by name. */
export type Calendars = ReadonlyMap<string, CalendarReading>

export const noCalendars: Calendars = new Map()

const mostDates = 2_000

/** A policy as it will be in force: the days of its calendars stand among its dates. */
export const parsePolicy = (
  { name, text }: { readonly name: string; readonly text: string },
  calendars: Calendars,
): YamlReading<PolicyDocument> => {
  const reading = readYamlFile(text, name, readPolicy, { plain: true })
  if (!reading.ok) return reading
  const problems: FileProblem[] = []
  const ofCalendars = [...calendars.values()].flatMap((each) => (each.ok ? [] : each.problems))
  const holidays = reading.value.holidays.map((each, at) => {
    const calendar = each.calendar === undefined ? null : calendars.get(each.calendar)
    if (calendar === undefined)
      problems.push({
        path: ['holidays', at, 'calendar'],
        problem: `${each.calendar} was not read`,
        remedy: 'Put it into the folder of the policy.',
      })
    if (calendar == null || !calendar.ok) return each
    const dates = [...new Set([...each.dates, ...calendar.dates])].sort()
    if (dates.length > mostDates)
      problems.push({
        path: ['holidays', at],
        problem: `expected at most ${mostDates} days, found ${dates.length}`,
        remedy: 'Leave out what is no holiday.',
      })
    return { ...each, dates }
  })
  const placed = [...placeProblems(text, name, problems), ...ofCalendars]
  return placed.length > 0
    ? { ok: false, problems: placed }
    : { ok: true, value: { ...reading.value, holidays } }
}

/** Names of the calendars that a policy asks for, whatever else is wrong with it: what cannot be read is told later. */
export const calendarNames = (text: string): string[] => {
  const reading = readYamlFile(text, '', (input) => ({ ok: true as const, value: input }), { plain: true })
  const holidays = reading.ok ? fieldOf(reading.value, 'holidays') : []
  if (!Array.isArray(holidays)) return []
  const names = holidays.map((each) => fieldOf(each, 'calendar'))
  return [...new Set(names.filter((name) => typeof name === 'string' && calendarName.test(name)))].slice(
    0,
    mostCalendars,
  ) as string[]
}

const mostCalendars = 50
const calendarName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ics$/

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Record<string, unknown>)[field]
    : undefined
