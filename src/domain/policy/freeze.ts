import { type Rejection, reject } from '../rejection.ts'
import { isTimeZone } from '../time-zone.ts'
import { isOpenGlass } from './break-glass.ts'
import type { FreezeInForce } from './calendar.ts'
import { localInWords } from './calendar-words.ts'
import { earliestPermitted, expectedOf, isFrozenBy } from './earliest.ts'
import type { PolicyFacts } from './facts.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** While it is frozen nothing runs, whatever its impact and whoever has approved it. No override lifts it; a broken glass asks. */
export const freeze: PolicyRule = (facts) => {
  const { freezes } = facts.calendar
  if (freezes.length === 0) return noObjection
  const inForce = byEnd(freezes.filter((each) => isFrozenBy(each, facts.now)))
  const [last] = inForce
  return last === undefined ? foretold(facts) : unlessBroken(facts, frozen(facts, inForce, last))
}

const unlessBroken = (facts: PolicyFacts, reason: Rejection): Ruling =>
  isOpenGlass(facts)
    ? {
        outcome: 'require_approval',
        requiredRoles: ['override'],
        reason: { ...reason, remedy: 'Somebody else with the role override approves it for this one run.' },
      }
    : { outcome: 'deny', reason }

/** Of so many is told who set them and why. */
const mostTold = 3

const frozen = (facts: PolicyFacts, inForce: readonly FreezeInForce[], last: FreezeInForce): Rejection => {
  const zone = zoneOf(facts)
  const earliest = earliestPermitted(facts.calendar, facts.now, {
    zone: facts.timeZone,
    boundToWindows: facts.impact !== 'low',
    lastingMs: 0,
  })
  const more = inForce.length - mostTold
  return reject(
    'freeze',
    `${inForce
      .slice(0, mostTold)
      .map((each) => `${facts.service} is frozen until ${localInWords(each.to, zone)}: ${inWords(each)}.`)
      .join(' ')}${more > 0 ? ` And ${more} more.` : ''}`,
    `${
      earliest === null
        ? 'No change window opens after it in the next 400 days.'
        : `Request it again from ${localInWords(earliest, zone)} on.`
    } ${
      last.by === null
        ? 'Before that, an admin takes the freeze out of the policy.'
        : `Before that, somebody with the role admin or override lifts it: /heal unfreeze ${last.id}.`
    }`,
    {
      facts: {
        freeze: inForce.map(({ id }) => id).join(', '),
        until: last.to.toString(),
        by: last.by,
        localTime: localInWords(facts.now, zone),
      },
      ...(earliest === null ? {} : { earliest: earliest.toString() }),
    },
  )
}

/** One that lies ahead does not keep a run from beginning, but whoever asks for it should know. */
const foretold = (facts: PolicyFacts) => {
  const { calendar, now, playbook } = facts
  const end = now.add({ milliseconds: expectedOf(calendar) })
  const [next] = calendar.freezes
    .filter(({ from }) => Temporal.Instant.compare(from, now) > 0 && Temporal.Instant.compare(from, end) < 0)
    .sort((one, other) => Temporal.Instant.compare(one.from, other.from))
  if (next === undefined) return noObjection
  return {
    outcome: 'allow' as const,
    reason: reject(
      'freeze',
      `A freeze begins ${localInWords(next.from, zoneOf(facts))}, and ${playbook} usually takes longer than that: ${inWords(next)}.`,
      'It may run all the same; what has begun is not stopped when the freeze begins.',
      { facts: { freeze: next.id, from: next.from.toString(), until: next.to.toString(), by: next.by } },
    ),
  }
}

/** The one that ends last comes first. */
const byEnd = (freezes: readonly FreezeInForce[]): FreezeInForce[] =>
  [...freezes].sort((one, other) => Temporal.Instant.compare(other.to, one.to))

const inWords = ({ id, by, reason }: FreezeInForce): string =>
  `${reason === '' ? 'no reason was given' : reason.replace(/[.\s]+$/u, '')} (${id}, set by ${by ?? 'the policy'})`

const zoneOf = ({ timeZone }: PolicyFacts): string => (isTimeZone(timeZone) ? timeZone : 'UTC')
