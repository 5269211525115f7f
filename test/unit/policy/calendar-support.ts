import {
  type CalendarFacts,
  ChangeWindow,
  Holidays,
  noCalendar,
} from '../../../src/domain/policy/calendar.ts'
import { nothingKnown, type PolicyFacts } from '../../../src/domain/policy/facts.ts'

/** What the calendar's rules look at, with one thing or another about it. */

export const aWindow = (given: Partial<Omit<ChangeWindow, 'match'>> = {}): ChangeWindow =>
  ChangeWindow.parse({ id: 'working-hours', ...given })

export const holidaysOn = (...dates: string[]): Holidays => Holidays.parse({ id: 'bank-holidays', dates })

export const calendar = (given: Partial<CalendarFacts> = {}): CalendarFacts => ({
  ...noCalendar,
  windows: [aWindow()],
  ...given,
})

export const facts = (given: Partial<PolicyFacts> = {}): PolicyFacts => ({
  ...nothingKnown,
  moment: 'request',
  now: Temporal.Instant.from('2026-06-01T10:00:00Z'),
  mode: 'approve',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'UTC',
  playbook: 'restart-service',
  impact: 'medium',
  targets: ['checkout'],
  dependents: 1,
  irreversible: false,
  confidence: 0.8,
  approverRoles: ['approver'],
  calendar: calendar(),
  ...given,
})

/** What the clock on the wall says, such as `2026-06-01T08:59 Europe/Berlin`; `+2` or the like picks one of two equal hours. */
export const at = (local: string, zone: string, offset?: string): Temporal.Instant =>
  Temporal.ZonedDateTime.from(`${local}${offset ?? ''}[${zone}]`).toInstant()
