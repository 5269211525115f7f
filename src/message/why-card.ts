import { bold, type Card, code, plain, type Text, type Tone } from '../domain/card.ts'
import type { Role } from '../domain/person.ts'
import type { PolicyMoment } from '../domain/policy/facts.ts'
import { type VerdictOutcome, verdictOutcomes } from '../domain/policy/verdict.ts'
import { type ReasonCode, rejectionTable } from '../domain/rejection.ts'
import { chatCard } from './chat-cards.ts'
import { counted, earliestLine, listInWords, text } from './words.ts'

/** Why something may or may not run: the strictest first, when it may at the earliest, and who can act. */

interface Reason {
  readonly code: ReasonCode
  readonly detail: string
  readonly remedy: string
  /** ISO 8601. */
  readonly earliest: string | null
}

export interface WhyInput {
  readonly id: string
  readonly service: string
  readonly playbook: string
  readonly said: readonly {
    readonly moment: PolicyMoment
    /** ISO 8601. */
    readonly at: string
    readonly text: string
  }[]
  readonly now: {
    readonly verdict: {
      readonly outcome: VerdictOutcome
      readonly quorum: number
      readonly approverRoles: readonly Role[]
      readonly requiredRoles: readonly Role[]
      readonly requiredGroups: readonly string[]
    }
    readonly rules: readonly { readonly outcome: VerdictOutcome; readonly reason: Reason | null }[]
  }
}

const inWords = {
  allow: { status: 'Allowed now', tone: 'good' },
  require_approval: { status: 'Wants approval now', tone: 'neutral' },
  deny: { status: 'Refused now', tone: 'warning' },
} as const satisfies Record<VerdictOutcome, { status: string; tone: Tone }>

/** Nobody reads more than so many at night; the console shows all. */
const mostRules = 6
const mostMoments = 4

export const whyCard = ({ id, service, playbook, said, now }: WhyInput): Card => {
  const { verdict } = now
  const speaking = now.rules
    .flatMap(({ outcome, reason }) => (reason === null ? [] : [{ outcome, reason }]))
    .sort((one, other) => strictness(other.outcome) - strictness(one.outcome))
  const earliest = earliestOf(speaking)
  return chatCard({
    title: `Why: ${playbook} on ${service}`,
    ...inWords[verdict.outcome],
    lines: [
      ...(earliest === null ? [] : [earliestLine(earliest)]),
      whoCanAct(verdict, speaking),
      ...(speaking.length === 0 ? [text('No rule has anything to say against it.')] : []),
      ...speaking
        .slice(0, mostRules)
        .map(({ outcome, reason }) =>
          text(bold(rejectionTable[reason.code].title), ` (${says[outcome]}): ${reason.detail}`),
        ),
      ...(speaking.length > mostRules
        ? [text(`And ${counted(speaking.length - mostRules, 'more rule')}; the console shows all.`)]
        : []),
      ...said.slice(-mostMoments).map((each) => text({ kind: 'time', at: each.at }, ` ${each.text}`)),
    ],
    context: text('All that was seen then: ', code(`suture policy explain ${id}`)),
  })
}

const says = { allow: 'allows', require_approval: 'wants approval', deny: 'refuses' } as const

const strictness = (outcome: VerdictOutcome): number => verdictOutcomes.indexOf(outcome)

type Speaking = readonly { readonly outcome: VerdictOutcome; readonly reason: Reason }[]

/** Of what refuses the latest: before that one of them still does. Null where one of them knows no time. */
const earliestOf = (speaking: Speaking): string | null => {
  const times = speaking
    .filter(({ outcome }) => outcome === 'deny')
    .map(({ reason }) => (reason.earliest === null ? null : Temporal.Instant.from(reason.earliest)))
  const known = times
    .filter((each) => each !== null)
    .sort((one, other) => Temporal.Instant.compare(one, other))
  return known.length < times.length ? null : (known.at(-1)?.toString() ?? null)
}

const whoCanAct = (
  { outcome, quorum, approverRoles, requiredRoles, requiredGroups }: WhyInput['now']['verdict'],
  speaking: Speaking,
): Text => {
  const label = bold('Who can act: ')
  if (outcome === 'allow') return text(label, 'nobody needs to be asked.')
  if (outcome === 'deny')
    return text(label, speaking.find((each) => each.outcome === 'deny')?.reason.remedy ?? 'an admin.')
  const roles =
    approverRoles.length === 0 ? 'nobody: no role may approve it' : listInWords(approverRoles, 'or')
  const besides = [
    ...requiredRoles.map((role) => `somebody with the role ${role}`),
    ...requiredGroups.map((group) => `somebody of ${group}`),
  ]
  return [
    ...text(label, `${counted(quorum, 'approval')} by `),
    plain(roles),
    ...text(besides.length === 0 ? '.' : `, among them ${listInWords(besides)}.`),
  ]
}
