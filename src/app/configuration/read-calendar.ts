import ICAL from 'ical.js'
import type { YamlProblem } from '../read-yaml.ts'

/** An iCalendar file as the days it names: whole-day events, each with its repetition, from last year to five years on. */

export type CalendarReading =
  | { readonly ok: true; readonly dates: readonly string[] }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] }

const maxCalendarBytes = 1_000_000
const maxDates = 2_000
/** Rows of a rule that are looked at, over a whole file: a rule may begin long ago. */
const maxOccurrences = 20_000
/** A holiday that lasts longer is a mistake in its end. */
const maxDaysOfEvent = 60
const maxInterval = 100
const yearsBefore = 1
const yearsAfter = 5

/** `year`: the present one. Whole years, so that a file gives the same days all year long. Never throws for bad text. */
export const readCalendar = (text: string, file: string, year: number): CalendarReading => {
  const at = (line: number, problem: string, remedy: string): YamlProblem => ({
    file,
    line,
    column: 1,
    path: [],
    problem,
    remedy,
  })
  const bytes = Buffer.byteLength(text)
  if (bytes > maxCalendarBytes)
    return refuse(at(1, `expected at most ${maxCalendarBytes} bytes, found ${bytes}`, 'Leave out old years.'))
  if (text.includes('\ufffd')) return refuse(at(1, 'these bytes are no UTF-8', 'Save the file as UTF-8.'))
  const calendar = parse(text)
  if (typeof calendar === 'string')
    return refuse(at(1, `this is no iCalendar: ${calendar}`, 'Export it again as an .ics file.'))
  const lines = linesOfEvents(text)
  const events = calendar.getAllSubcomponents('vevent')
  const range = { from: `${year - yearsBefore}-01-01`, to: `${year + yearsAfter}-12-31` }
  const budget = { left: maxOccurrences }
  const problems: YamlProblem[] = []
  const moved = movedDays(events)
  const dates = new Set<string>()
  for (const [index, event] of events.entries()) {
    const found = daysOf(event, range, budget, moved)
    if (typeof found === 'string')
      problems.push(
        at(lines[index] ?? 1, `${nameOf(event, index)} ${found}`, 'Correct it, or remove it from the file.'),
      )
    else for (const day of found) dates.add(day)
  }
  if (problems.length > 0) return { ok: false, problems }
  if (dates.size > maxDates)
    return refuse(
      at(1, `expected at most ${maxDates} days, found ${dates.size}`, 'Leave out what is no holiday.'),
    )
  if (!events.some((event) => isWholeDay(event)))
    return refuse(
      at(1, 'there is no whole-day event in it', 'Name a calendar whose holidays last whole days.'),
    )
  return { ok: true, dates: [...dates].sort() }
}

const refuse = (problem: YamlProblem): CalendarReading => ({ ok: false, problems: [problem] })

const parse = (text: string): ICAL.Component | string => {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text) as [string, unknown[], unknown[]])
    return calendar.name === 'vcalendar' ? calendar : 'it does not begin with BEGIN:VCALENDAR'
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)

/** The library keeps no lines; events come in the order of the file. */
const linesOfEvents = (text: string): number[] =>
  text.split(/\r?\n/).flatMap((line, at) => (/^BEGIN:VEVENT\s*$/i.test(line) ? [at + 1] : []))

const nameOf = (event: ICAL.Component, index: number): string => {
  const summary = event.getFirstPropertyValue('summary')
  return typeof summary === 'string' && summary !== ''
    ? `the event ${JSON.stringify(summary.slice(0, 60))}`
    : `event ${index + 1}`
}

const isWholeDay = (event: ICAL.Component): boolean => event.getFirstProperty('dtstart')?.type === 'date'

/** Days that an event with RECURRENCE-ID took from the series of its UID. */
const movedDays = (events: readonly ICAL.Component[]): ReadonlySet<string> =>
  new Set(
    events.flatMap((event) => {
      const id = event.getFirstProperty('recurrence-id')
      return id === null ? [] : [`${String(event.getFirstPropertyValue('uid'))} ${rawValues(id)[0] ?? ''}`]
    }),
  )

/** As written: the library turns the 30th of February into the 2nd of March without a word. */
const rawValues = (property: ICAL.Property): string[] =>
  (property.jCal as unknown[]).slice(3).map((value) => String(value))

interface Range {
  readonly from: string
  readonly to: string
}

/** The days in the range, or what is wrong with the event in words. What has a time of day is no holiday, and is passed over. */
const daysOf = (
  component: ICAL.Component,
  range: Range,
  budget: { left: number },
  moved: ReadonlySet<string>,
): string[] | string => {
  const start = component.getFirstProperty('dtstart')
  if (start === null) return 'has no DTSTART'
  const wrong = ['dtstart', 'dtend', 'exdate', 'rdate']
    .flatMap((name) => component.getAllProperties(name))
    .filter((property) => property.type === 'date')
    .flatMap(rawValues)
    .find((value) => !isDate(value))
  if (wrong !== undefined) return `names the day ${wrong.slice(0, 20)}, which does not exist`
  if (!isWholeDay(component) || component.getFirstPropertyValue('status') === 'CANCELLED') return []
  try {
    const problem = problemWithRules(component)
    if (problem !== null) return problem
    const event = new ICAL.Event(component)
    const [begin, end] = [dayOf(event.startDate), dayOf(event.endDate)]
    const length = Temporal.PlainDate.from(begin).until(end, { largestUnit: 'days' }).days
    if (length < 1) return 'ends before it begins'
    if (length > maxDaysOfEvent) return `lasts ${length} days; at most ${maxDaysOfEvent} are read`
    const starts = startsOf(event, component, range, budget)
    if (typeof starts === 'string') return starts
    const uid = String(component.getFirstPropertyValue('uid'))
    const isException = component.getFirstProperty('recurrence-id') !== null
    return starts
      .filter((day) => isException || !moved.has(`${uid} ${day}`))
      .flatMap((day) =>
        Array.from({ length }, (_, more) => Temporal.PlainDate.from(day).add({ days: more }).toString()),
      )
      .filter((day) => day >= range.from && day <= range.to)
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`
  }
}

/** Other repetitions are no holidays, and the library can look for their next day for ever. */
const problemWithRules = (component: ICAL.Component): string | null => {
  for (const property of component.getAllProperties('rrule')) {
    const rule = property.getFirstValue() as ICAL.Recur
    if (rule.freq !== 'YEARLY') return `repeats ${String(rule.freq).toLowerCase()}; only yearly is read`
    if (rule.interval > maxInterval)
      return `repeats every ${rule.interval} years; at most ${maxInterval} are read`
  }
  return null
}

/** Where its days begin, a year before the range too: it may last into it. */
const startsOf = (
  event: ICAL.Event,
  component: ICAL.Component,
  { from, to }: Range,
  budget: { left: number },
): string[] | string => {
  const first = dayOf(event.startDate)
  const left = new Set(component.getAllProperties('exdate').flatMap(rawValues))
  if (!event.isRecurring()) return [first]
  const found = left.has(first) ? [] : [first]
  const mayBe = yearlyFits(component, first)
  const earliest = Temporal.PlainDate.from(from).subtract({ days: maxDaysOfEvent }).toString()
  const days = event.iterator()
  for (;;) {
    const day = days.next() as ICAL.Time | null
    if (day === null || day === undefined) return found
    const text = dayOf(day)
    if (text > to) return found
    budget.left -= 1
    if (budget.left < 0) return `makes more than ${maxOccurrences} days to look at`
    if (text >= earliest && text !== first && !left.has(text) && mayBe(text)) found.push(text)
  }
}

/** RFC 5545 leaves out days that a year does not have; the library moves the 29th of February to the 1st of March. */
const yearlyFits = (component: ICAL.Component, first: string): ((day: string) => boolean) => {
  const rules = component.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur)
  const extra = new Set(component.getAllProperties('rdate').flatMap(rawValues))
  const monthsOf = (rule: ICAL.Recur): readonly number[] =>
    rule.parts['BYMONTH'] ?? (Object.keys(rule.parts).length === 0 ? [Number(first.slice(5, 7))] : [])
  return (day) =>
    extra.has(day) ||
    rules.some((rule) => {
      const months = monthsOf(rule)
      return months.length === 0 || months.includes(Number(day.slice(5, 7)))
    })
}

const dayOf = (time: ICAL.Time): string => time.toString().slice(0, 10)

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    Temporal.PlainDate.from(text)
    return true
  } catch {
    return false
  }
}
