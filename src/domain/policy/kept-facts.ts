import type { PolicyFacts } from './facts.ts'

/**
 * The facts as they are kept with a verdict. Of what the policy file lists at length, its holidays and its rules, only the ids:
 * the version of the policy has the rest.
 */
export const keptFacts = ({ calendar, rules, ...facts }: PolicyFacts) => ({
  ...facts,
  rules: rules.map(({ id }) => id),
  calendar: { ...calendar, holidays: calendar.holidays.map(({ id }) => id) },
})
