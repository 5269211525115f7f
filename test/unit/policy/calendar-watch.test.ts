import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as policies from '../../../src/app/configuration/parse-policy.ts'
import * as calendars from '../../../src/app/configuration/read-calendar.ts'
import { type ReadFiles, readFiles } from '../../../src/start/files.ts'

vi.mock(import('../../../src/app/configuration/parse-policy.ts'), { spy: true })
vi.mock(import('../../../src/app/configuration/read-calendar.ts'), { spy: true })

const days = (date: string): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VEVENT', `DTSTART;VALUE=DATE:${date}`]
    .concat('SUMMARY:A day', 'END:VEVENT', 'END:VCALENDAR', '')
    .join('\r\n')

const datesOf = (read: ReadFiles): readonly string[] =>
  read.ok ? (read.files.policy?.value.holidays[0]?.dates ?? []) : read.problems

it('G2 G13 calendars that say the same are looked at and not judged again; a change, or a new year, is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'suture-watch-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const policy = join(folder, 'policy.yaml')
  await writeFile(policy, 'holidays:\n  - { id: ours, calendar: days.ics }\n')
  await writeFile(join(folder, 'days.ics'), days('20260101'))
  const judged = () => [
    vi.mocked(policies.calendarNames).mock.calls.length,
    vi.mocked(calendars.readCalendar).mock.calls.length,
  ]
  const look = (before?: ReadFiles, year = 2026) =>
    readFiles(
      { catalogue: undefined, playbooks: undefined, policy },
      600_000,
      Temporal.Instant.from(`${year}-11-22T14:00:00Z`),
      before,
    )

  const first = await look()
  expect(datesOf(first)).toEqual(['2026-01-01'])
  expect(judged()).toEqual([1, 1])
  expect(await look(first)).toBe(first)
  expect(judged()).toEqual([1, 1])

  await writeFile(join(folder, 'days.ics'), days('20260501'))
  const second = await look(first)
  expect(datesOf(second)).toEqual(['2026-05-01'])
  expect(judged()).toEqual([1, 2])
  expect(await look(second, 2027)).not.toBe(second)
  expect(judged()).toEqual([1, 3])

  await rm(join(folder, 'days.ics'))
  const gone = await look(second)
  expect(datesOf(gone)).toEqual([expect.stringContaining('days.ics')])
  expect(await look(gone)).toBe(gone)
  expect(judged()).toEqual([1, 3])
})
