import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCalendarFile } from '../../../adapters/files/configuration-files.ts'
import { calendarNames, parsePolicy } from '../../../src/app/configuration/parse-policy.ts'
import { readCalendar } from '../../../src/app/configuration/read-calendar.ts'
import { judgeCalendars, readCalendarTexts } from '../../../src/start/calendars.ts'

const calendar = (...events: (readonly string[])[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n')
const day = (date: string, ...more: string[]) => [`DTSTART;VALUE=DATE:${date}`, 'SUMMARY:A day', ...more]
const read = (...events: (readonly string[])[]) => readCalendar(calendar(...events), 'days.ics', 2026)
const dates = (...events: (readonly string[])[]) => {
  const reading = read(...events)
  return reading.ok ? reading.dates : reading.problems.map(({ line, problem }) => `${line}: ${problem}`)
}

describe('holidays from iCalendar', () => {
  it.each<[string, (readonly string[])[], string[]]>([
    ['one day', [day('20261224')], ['2026-12-24']],
    [
      'days up to its end, not counted in',
      [day('20261224', 'DTEND;VALUE=DATE:20261227')],
      ['2026-12-24', '2026-12-25', '2026-12-26'],
    ],
    ['days by duration', [day('20261231', 'DURATION:P2D')], ['2026-12-31', '2027-01-01']],
    [
      'every year, from last year to five years on',
      [day('19900501', 'RRULE:FREQ=YEARLY')],
      [2025, 2026, 2027, 2028, 2029, 2030, 2031].map((year) => `${year}-05-01`),
    ],
    [
      'every year but those taken out',
      [day('20240501', 'RRULE:FREQ=YEARLY;COUNT=5', 'EXDATE;VALUE=DATE:20260501,20270501')],
      ['2025-05-01', '2028-05-01'],
    ],
    [
      'by weekday of a month',
      [day('20001123', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20271231')],
      ['2025-11-27', '2026-11-26', '2027-11-25'],
    ],
    ['the leap day, only where there is one', [day('20000229', 'RRULE:FREQ=YEARLY')], ['2028-02-29']],
    [
      'what began last year and lasts into the range',
      [day('20241231', 'DTEND;VALUE=DATE:20250103')],
      ['2025-01-01', '2025-01-02'],
    ],
    ['no day twice', [day('20260101'), day('20260101')], ['2026-01-01']],
    ['none that are cancelled', [day('20260101'), day('20260102', 'STATUS:CANCELLED')], ['2026-01-01']],
    [
      'none with a time of day',
      [day('20260101'), ['DTSTART:20260105T120000Z', 'SUMMARY:Lunch']],
      ['2026-01-01'],
    ],
    [
      'a day that was moved',
      [
        day('20250106', 'UID:k', 'RRULE:FREQ=YEARLY;COUNT=2'),
        day('20260107', 'UID:k', 'RECURRENCE-ID;VALUE=DATE:20260106'),
      ],
      ['2025-01-06', '2026-01-07'],
    ],
  ])('G2 %s', (_name, events, expected) => {
    expect(dates(...events)).toEqual(expected)
  })

  it.each<[string, (readonly string[])[], string]>([
    [
      'a day that does not exist',
      [day('20260101'), day('20260230')],
      '8: the event "A day" names the day 2026-02-30',
    ],
    ['no beginning', [['SUMMARY:Never']], '4: the event "Never" has no DTSTART'],
    ['an end before the beginning', [day('20260105', 'DTEND;VALUE=DATE:20260101')], 'ends before it begins'],
    ['an end that is far away', [day('20260105', 'DTEND;VALUE=DATE:20290101')], 'at most 60 are read'],
    ['every week', [day('20260105', 'RRULE:FREQ=WEEKLY')], 'repeats weekly; only yearly is read'],
    [
      'a rule that never ends to look',
      [day('20260105', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30')],
      'repeats daily',
    ],
    [
      'a rule of far too many days',
      [day('15000101', 'RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR')],
      'more than 20000 days',
    ],
    [
      'only times of day',
      [['DTSTART:20260105T120000Z', 'SUMMARY:Lunch']],
      '1: there is no whole-day event in it',
    ],
  ])('G2 %s is refused with file and event', (_name, events, expected) => {
    const found = dates(...events)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it.each([
    ['no calendar', 'hello', 'this is no iCalendar'],
    ['nothing', '', 'this is no iCalendar'],
    ['another component', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 'this is no iCalendar'],
    ['too much', 'x'.repeat(1_000_001), 'expected at most 1000000 bytes'],
    ['other bytes', 'BEGIN:VCALENDAR\ufffd', 'no UTF-8'],
  ])('G2 %s is refused', (_name, text, expected) => {
    const reading = readCalendar(text, 'days.ics', 2026)
    expect(reading.ok).toBe(false)
    if (!reading.ok) expect(reading.problems[0]?.problem).toContain(expected)
  })
})

describe('the folder of the policy', () => {
  const readCalendars = async (path: string, policy: string) =>
    judgeCalendars(await readCalendarTexts(path, calendarNames(policy)), 2026)
  const folderWith = async (policy: string) => {
    const root = await mkdtemp(join(tmpdir(), 'suture-policy-'))
    onTestFinished(() => rm(root, { recursive: true }))
    const folder = join(root, 'etc')
    await mkdir(join(folder, '..data'), { recursive: true })
    const path = join(folder, 'policy.yaml')
    await writeFile(path, policy)
    await writeFile(join(root, 'secret.ics'), calendar(day('20260101')))
    await writeFile(join(folder, '..data', 'days.ics'), calendar(day('20260101')))
    return { root, folder, path }
  }
  const policy = 'holidays:\n  - { id: german, calendar: days.ics, dates: ["2026-03-01"] }\n'

  it('G2 the days of a calendar stand among the dates; a link within the folder is followed', async () => {
    const { folder, path } = await folderWith(policy)
    await symlink('..data/days.ics', join(folder, 'days.ics'))
    const reading = parsePolicy({ name: 'policy.yaml', text: policy }, await readCalendars(path, policy))
    expect(reading.ok && reading.value.holidays).toMatchObject([{ dates: ['2026-01-01', '2026-03-01'] }])
  })

  it('G2 a calendar that is missing, or a link that leads out, is told and never read', async () => {
    const { folder, path, root } = await folderWith(policy)
    const told = async () => {
      const reading = parsePolicy({ name: 'policy.yaml', text: policy }, await readCalendars(path, policy))
      return reading.ok ? [] : reading.problems.map(({ file, problem }) => `${file}: ${problem}`)
    }
    expect(await told()).toEqual(['days.ics: it cannot be read: there is nothing of that name'])
    await symlink(join(root, 'secret.ics'), join(folder, 'days.ics'))
    expect(await told()).toEqual([expect.stringMatching(/days\.ics leads out of the policy's folder/)])
    await expect(readCalendarFile(path, '../secret.ics')).rejects.toThrow('is no file name')
  })
})
