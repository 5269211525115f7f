import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChangeWindow, type Holidays, weekdays } from '../../../src/domain/policy/calendar.ts'
import { isOpenAt, nextClosing, nextOpening } from '../../../src/domain/policy/opening.ts'
import { aWindow, holidaysOn } from './calendar-support.ts'

/** The same question answered another way: by what `Intl` says is on the wall, looked up in strings, minute by minute. */

const minuteMs = 60_000
const writers = new Map<string, Intl.DateTimeFormat>()
const wall = (ms: number, zone: string): { date: string; time: string } => {
  const writer =
    writers.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  writers.set(zone, writer)
  const [date = '', time = ''] = writer.format(ms).split(' ')
  return { date, time: time.slice(0, 5) }
}
const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - 24 * 60 * minuteMs).toISOString().slice(0, 10)
const isDay = (date: string, { days }: ChangeWindow): boolean =>
  days.some((day) => weekdays.indexOf(day) === (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7)

const oracle = (
  windows: readonly ChangeWindow[],
  off: readonly string[],
  zone: string,
  ms: number,
): boolean => {
  const { date, time } = wall(ms, zone)
  if (off.includes(date)) return false
  return windows.some((window) => {
    const { from, to } = window
    const begun = (day: string) => isDay(day, window) && !off.includes(day)
    if (from < to) return begun(date) && from <= time && time < to
    return (begun(date) && from <= time) || (begun(dayBefore(date)) && time < to)
  })
}

const zones = [
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'America/St_Johns',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Kiritimati',
  'Pacific/Honolulu',
  'Africa/Cairo',
  'America/Santiago',
  'UTC',
]
const twoDigits = (number: number) => String(number).padStart(2, '0')
const timeOfDay = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 59))
  .map(([hour, minute]) => `${twoDigits(hour)}:${twoDigits(minute)}`)
const anyWindow = fc
  .record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    from: timeOfDay,
    to: fc.oneof(timeOfDay, fc.constant('24:00')),
  })
  .filter(({ from, to }) => from !== to)
  .map((given) => aWindow(given))
/** Around both changes of clocks of either half of the world, the leap day and the turn of a year. */
const begin = fc
  .tuple(
    fc.constantFrom(
      '2026-03-08',
      '2026-03-28',
      '2026-04-04',
      '2026-04-23',
      '2026-09-05',
      '2026-10-03',
      '2026-10-24',
      '2026-11-01',
      '2028-02-28',
      '2026-12-31',
    ),
    fc.integer({ min: -1_500, max: 1_500 }),
  )
  .map(([date, minutes]) => Date.parse(`${date}T12:00:00Z`) + minutes * minuteMs)
const anyCase = fc.record({
  zone: fc.constantFrom(...zones),
  windows: fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
  off: fc.array(fc.constantFrom('2026-03-29', '2026-10-25', '2028-02-29', '2027-01-01', '2026-04-05'), {
    maxLength: 2,
  }),
  begin,
})

const searchedMinutes = 3 * 24 * 60
const asHours = (windows: ChangeWindow[], off: string[], zone: string) => {
  const holidays: Holidays[] = off.length === 0 ? [] : [holidaysOn(...off)]
  return { windows, holidays, zone }
}

describe('windows against a clock on the wall', () => {
  it('G1 are open, open next and close next when the wall says so, minute by minute', () => {
    fc.assert(
      fc.property(anyCase, ({ zone, windows, off, begin: ms }) => {
        const hours = asHours(windows, off, zone)
        const from = Temporal.Instant.fromEpochMilliseconds(ms)
        const until = from.add({ minutes: searchedMinutes })
        const open = oracle(windows, off, zone, ms)
        expect(isOpenAt(hours, from)).toBe(open)
        const seen = open ? nextClosing(hours, from, until) : nextOpening(hours, from, until)
        let expected: number | null = null
        for (let minute = 1; minute <= searchedMinutes && expected === null; minute += 1)
          if (oracle(windows, off, zone, ms + minute * minuteMs) !== open) expected = ms + minute * minuteMs
        expect(seen?.epochMilliseconds ?? null).toBe(expected)
      }),
      { numRuns: 250 },
    )
  }, 60_000)

  it('G1 hold within the minute as well: seconds and their fractions change nothing', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(59_999), ({ zone, windows, off, begin: ms }, more) => {
        const hours = asHours(windows, off, zone)
        const at = Temporal.Instant.fromEpochNanoseconds(BigInt(ms + more) * 1_000_000n + 999_999n)
        expect(isOpenAt(hours, at)).toBe(oracle(windows, off, zone, ms))
      }),
      { numRuns: 500 },
    )
  })
})
