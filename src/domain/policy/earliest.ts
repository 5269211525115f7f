import { isTimeZone } from '../time-zone.ts'
import type { CalendarFacts, FreezeInForce } from './calendar.ts'
import { nextClosing, nextOpening } from './opening.ts'

/** Further ahead nobody plans, and nothing is searched. */
export const searchedDays = 400
const dayMs = 86_400_000

/** What is wanted: at any hour or only inside a window, and for how long it must stay open. */
export interface Wanted {
  readonly zone: string
  readonly boundToWindows: boolean
  readonly lastingMs: number
}

/** The next instant, `now` counted in, at which neither freeze nor window stands in the way. Null when there is none. */
export const earliestPermitted = (
  calendar: Pick<CalendarFacts, 'windows' | 'holidays' | 'freezes'>,
  now: Temporal.Instant,
  { zone, boundToWindows, lastingMs }: Wanted,
): Temporal.Instant | null => {
  const hours = { windows: calendar.windows, holidays: calendar.holidays, zone }
  const bound = boundToWindows && calendar.windows.length > 0
  if (bound && !isTimeZone(zone)) return null
  const last = now.add({ milliseconds: searchedDays * dayMs })
  let at = now
  for (;;) {
    const thawed = thawAfter(calendar.freezes, at)
    if (thawed !== null) {
      at = thawed
      continue
    }
    if (!bound) return at
    const opening = nextOpening(hours, at, last)
    if (opening === null) return null
    const closing =
      lastingMs > 0 ? nextClosing(hours, opening, opening.add({ milliseconds: lastingMs })) : null
    if (Temporal.Instant.compare(opening, at) === 0 && closing === null) return at
    // Too short, or maybe frozen by then: looked at anew from there.
    at = Temporal.Instant.compare(opening, at) === 0 && closing !== null ? closing : opening
  }
}

export const isFrozenBy = ({ from, to }: FreezeInForce, at: Temporal.Instant): boolean =>
  Temporal.Instant.compare(from, at) <= 0 && Temporal.Instant.compare(at, to) < 0

const thawAfter = (freezes: readonly FreezeInForce[], at: Temporal.Instant): Temporal.Instant | null =>
  freezes
    .filter((freeze) => isFrozenBy(freeze, at))
    .reduce<Temporal.Instant | null>(
      (latest, { to }) => (latest === null || Temporal.Instant.compare(to, latest) > 0 ? to : latest),
      null,
    )

/** How long a run takes as a rule calculates with it: a number, and no more than is searched. */
export const expectedOf = ({ expectedMs }: Pick<CalendarFacts, 'expectedMs'>): number =>
  expectedMs > 0 ? Math.ceil(Math.min(expectedMs, searchedDays * dayMs)) : 0
