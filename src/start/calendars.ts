import { readCalendarFile } from '../../adapters/files/configuration-files.ts'
import { type Calendars, noCalendars } from '../app/configuration/parse-policy.ts'
import type { CalendarReading } from '../app/configuration/read-calendar.ts'
import { reasonOf } from './reason-of.ts'

/** An iCalendar file as it was found, not judged yet; equal texts say the same in the same year. */
export type CalendarText =
  | { readonly name: string; readonly file: string; readonly text: string }
  | { readonly name: string; readonly problem: string }

/** Never throws: what cannot be read is a problem. */
export const readCalendarTexts = (policyPath: string, names: readonly string[]): Promise<CalendarText[]> =>
  Promise.all(
    names.map(async (name) => {
      try {
        const file = await readCalendarFile(policyPath, name)
        return { name, file: file.name, text: file.text }
      } catch (error) {
        return { name, problem: `it cannot be read: ${reasonOf(error)}` }
      }
    }),
  )

/** What reads them is loaded only where a policy names one. `year`: the present one. */
export const judgeCalendars = async (texts: readonly CalendarText[], year: number): Promise<Calendars> => {
  if (texts.length === 0) return noCalendars
  const { readCalendar } = await import('../app/configuration/read-calendar.ts')
  return new Map(
    texts.map((each): [string, CalendarReading] => [
      each.name,
      'text' in each ? readCalendar(each.text, each.file, year) : notRead(each),
    ]),
  )
}

const notRead = ({ name, problem }: { name: string; problem: string }): CalendarReading => ({
  ok: false,
  problems: [
    {
      file: name,
      line: 1,
      column: 1,
      path: [],
      problem,
      remedy: 'Put an .ics file of that name into the folder of the policy.',
    },
  ],
})
