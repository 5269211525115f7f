import { type Rejection, reject } from '../rejection.ts'
import { isTimeZone } from '../time-zone.ts'
import { isOpenGlass } from './break-glass.ts'
import { localInWords, windowsInWords } from './calendar-words.ts'
import { earliestPermitted, expectedOf, searchedDays } from './earliest.ts'
import type { PolicyFacts } from './facts.ts'
import { type Hours, holidayAt, isOpenAt, nextClosing } from './opening.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** What may do harm is done while somebody is there: inside a window, or past an override or a broken glass, which somebody else approves. */
export const changeWindow: PolicyRule = (facts) => {
  const { calendar, impact, timeZone, now } = facts
  if (impact === 'low' || calendar.windows.length === 0) return noObjection
  if (!isTimeZone(timeZone)) return unlessOverridden(facts, unknownZone(facts))
  const hours: Hours = { windows: calendar.windows, holidays: calendar.holidays, zone: timeZone }
  return isOpenAt(hours, now) ? overrun(facts, hours) : unlessOverridden(facts, outside(facts, hours))
}

const unlessOverridden = (facts: PolicyFacts, reason: Rejection): Ruling =>
  facts.overrides.includes('change_window') || isOpenGlass(facts)
    ? {
        outcome: 'require_approval',
        requiredRoles: ['override'],
        reason: { ...reason, remedy: 'Somebody else with the role override approves it for this one run.' },
      }
    : { outcome: 'deny', reason }

const outside = (facts: PolicyFacts, hours: Hours): Rejection => {
  const { now, service, impact } = facts
  const holiday = holidayAt(hours, now)
  return told(
    facts,
    hours,
    holiday === null
      ? `It is ${localInWords(now, hours.zone)}, outside the change window of ${service}: ${windowsInWords(hours)}. Nothing of ${String(impact)} impact runs then.`
      : `It is ${localInWords(now, hours.zone)}, a holiday (${holiday.id}): no change window of ${service} is open, and nothing of ${String(impact)} impact runs.`,
    earliestOf(facts, 0),
  )
}

/** It may begin, but would not be over in time. */
const overrun = (facts: PolicyFacts, hours: Hours): Ruling => {
  const { calendar, now, playbook } = facts
  const lastingMs = expectedOf(calendar)
  const closing = lastingMs === 0 ? null : nextClosing(hours, now, now.add({ milliseconds: lastingMs }))
  if (closing === null) return noObjection
  const detail = `The change window closes ${localInWords(closing, hours.zone)}, and ${playbook} usually takes longer than that.`
  if (calendar.overrun === 'deny')
    return unlessOverridden(facts, told(facts, hours, detail, earliestOf(facts, lastingMs)))
  return {
    outcome: 'allow',
    reason: reject(
      'change_window',
      detail,
      'It may run all the same; what has begun is not stopped when the window closes.',
      { facts: seen(facts, hours) },
    ),
  }
}

const earliestOf = (facts: PolicyFacts, lastingMs: number): Temporal.Instant | null =>
  earliestPermitted(facts.calendar, facts.now, { zone: facts.timeZone, boundToWindows: true, lastingMs })

const told = (
  facts: PolicyFacts,
  hours: Hours,
  detail: string,
  earliest: Temporal.Instant | null,
): Rejection =>
  reject(
    'change_window',
    detail,
    earliest === null
      ? `No window is open long enough in the next ${searchedDays} days: an admin corrects the policy, or somebody with the role override lets this one run pass.`
      : `Request it again from ${localInWords(earliest, hours.zone)} on; before that, only an override approved by somebody else with the role override lets it run.`,
    {
      overridable: true,
      facts: seen(facts, hours),
      ...(earliest === null ? {} : { earliest: earliest.toString() }),
    },
  )

const seen = ({ now, impact }: PolicyFacts, hours: Hours): NonNullable<Rejection['facts']> => ({
  impact: String(impact),
  localTime: localInWords(now, hours.zone),
  windows: windowsInWords(hours),
  holiday: holidayAt(hours, now)?.id ?? null,
})

const unknownZone = ({ service, timeZone, impact }: PolicyFacts): Rejection =>
  reject(
    'change_window',
    `The time zone “${timeZone}” of ${service} is unknown, so nobody can say whether its change window is open.`,
    'An admin gives the service an IANA time zone in the catalogue, such as Europe/Berlin.',
    { overridable: true, facts: { impact: String(impact), timeZone } },
  )
