import type { FreezeInForce } from './calendar.ts'
import { windowInWords } from './calendar-words.ts'
import type { PolicyDocument } from './document.ts'
import { isFrozenBy, searchedDays } from './earliest.ts'
import { type Match, matches } from './match.ts'
import { type Hours, holidayAt, isOpenAt, nextClosing, nextOpening } from './opening.ts'

/** How things stand for a service: whether its window is open, and what changes next. */
export interface StandingHours {
  readonly open: boolean
  /** When it closes if it is open, else when it opens; null when that does not come in the time that is searched. */
  readonly changesAt: Temporal.Instant | null
  /** Each as a person reads it; none: always open. */
  readonly windows: readonly string[]
  /** Windows for some playbooks, impacts or diagnoses alone, which do not count above. */
  readonly besides: readonly string[]
  readonly holiday: string | null
  readonly frozenUntil: Temporal.Instant | null
}

/** What stays open for longer is as good as always open. */
const closingDays = 14

const daysAfter = (now: Temporal.Instant, days: number) => now.add({ hours: days * 24 })

export const standingHours = (
  document: Pick<PolicyDocument, 'windows' | 'holidays'>,
  service: { readonly name: string; readonly timeZone: string },
  freezes: readonly FreezeInForce[],
  now: Temporal.Instant,
): StandingHours => {
  const of = <T extends { readonly match: Match }>(all: readonly T[]): T[] =>
    all.filter(({ match: { services } }) => holdsFor({ ...(services && { services }) }, service.name))
  const windows = of(document.windows)
  const hours: Hours = {
    windows: windows.filter(({ match }) => restriction(match) === ''),
    holidays: of(document.holidays).filter(({ match }) => restriction(match) === ''),
    zone: service.timeZone,
  }
  const open = isOpenAt(hours, now)
  return {
    open,
    changesAt: open
      ? nextClosing(hours, now, daysAfter(now, closingDays))
      : nextOpening(hours, now, daysAfter(now, searchedDays)),
    windows: hours.windows.map((window) => windowInWords(window, hours)),
    besides: windows
      .filter(({ match }) => restriction(match) !== '')
      .map((window) => `${restriction(window.match)}: ${windowInWords(window, hours)}`),
    holiday: holidayAt(hours, now)?.id ?? null,
    frozenUntil: freezes
      .filter((freeze) => isFrozenBy(freeze, now))
      .reduce<Temporal.Instant | null>(
        (latest, { to }) => (latest === null || Temporal.Instant.compare(to, latest) > 0 ? to : latest),
        null,
      ),
  }
}

const holdsFor = (match: Match, service: string): boolean =>
  matches(match, { service, playbook: '', impact: '', diagnosisCode: '' })

const restriction = ({ playbooks, impacts, diagnoses }: Match): string =>
  [
    ...(playbooks === undefined ? [] : [`playbooks ${playbooks.join(', ')}`]),
    ...(impacts === undefined ? [] : [`impact ${impacts.join(', ')}`]),
    ...(diagnoses === undefined ? [] : [`diagnoses ${diagnoses.join(', ')}`]),
  ].join('; ')
