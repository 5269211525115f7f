import { z } from 'zod'
import { severities } from '../domain/alert.ts'

/** A question as Suture reads it: a subject, what it is about, and filters. Closed: what is not here can't be asked. */

export const About = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('incident'), id: z.string() }),
  z.strictObject({ kind: z.literal('run'), id: z.string() }),
  z.strictObject({ kind: z.literal('request'), id: z.string() }),
  z.strictObject({ kind: z.literal('proposal'), id: z.string() }),
  /** By catalogue name, never by alias. */
  z.strictObject({ kind: z.literal('service'), name: z.string() }),
  z.strictObject({ kind: z.literal('everything') }),
])
export type About = z.infer<typeof About>

/** `to` is exclusive; instants in ISO 8601. What was asked up to now ends at the moment of asking. */
export const When = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('between'), from: z.string(), to: z.string() }),
  /** From the newest recorded change of the service on. */
  z.strictObject({ kind: z.literal('since_change'), service: z.string() }),
])
export type When = z.infer<typeof When>

/** What the first is set against: the same figures of another time, playbook or service. */
export const Versus = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('when'), when: When }),
    z.strictObject({ kind: z.literal('playbook'), name: z.string() }),
    z.strictObject({ kind: z.literal('service'), name: z.string() }),
  ])
  .nullable()
export type Versus = z.infer<typeof Versus>

/** `any` is everything that has not ended. */
export const runStates = ['any', 'running', 'waiting'] as const
export type RunState = (typeof runStates)[number]

export const measures = ['success', 'counts', 'duration', 'self_recovery', 'calibration'] as const
export const outcomes = [
  'any',
  'succeeded',
  'failed',
  'rolled_back',
  'timed_out',
  'blocked',
  'unknown',
  'canceled',
] as const
export const rules = ['mode', 'freeze', 'windows', 'policy', 'break_glass'] as const

const Name = z.string().nullable()

const about = <S extends string>(subject: S) => z.strictObject({ subject: z.literal(subject), about: About })
const alone = <S extends string>(subject: S) => z.strictObject({ subject: z.literal(subject) })

export const Query = z.discriminatedUnion('subject', [
  about('what_happened'),
  about('who_approved'),
  about('why_blocked'),
  /** `mine`: only what was refused to whoever asks. */
  z.strictObject({ subject: z.literal('why_refused'), about: About, mine: z.boolean(), when: When }),
  z.strictObject({ subject: z.literal('what_runs'), about: About, state: z.enum(runStates) }),
  about('status'),
  about('what_next'),
  /** What is silenced, and what a silence has kept quiet. */
  about('silences'),
  /** How remediations did. `never`: those that never worked. */
  z.strictObject({
    subject: z.literal('learning'),
    about: About,
    playbook: Name,
    when: When,
    measure: z.enum(measures),
    group: z.enum(['playbook', 'service', 'diagnosis', 'day']).nullable(),
    pick: z.enum(['all', 'best', 'worst', 'never']),
    versus: Versus,
  }),
  /** Time from the opening of incidents to their resolution. */
  z.strictObject({
    subject: z.literal('recovery'),
    about: About,
    when: When,
    group: z.enum(['service', 'day']).nullable(),
    pick: z.enum(['all', 'slowest', 'fastest']),
    versus: Versus,
  }),
  z.strictObject({
    subject: z.literal('incidents'),
    about: About,
    when: When,
    state: z.enum(['any', 'open', 'resolved']),
    severity: z.enum(severities).nullable(),
    /** True when the number was asked for, and not the list. */
    count: z.boolean(),
    group: z.enum(['service', 'day']).nullable(),
    versus: Versus,
  }),
  z.strictObject({
    subject: z.literal('runs'),
    about: About,
    playbook: Name,
    when: When,
    outcome: z.enum(outcomes),
    count: z.boolean(),
  }),
  z.strictObject({
    subject: z.literal('decisions'),
    about: About,
    /** A person's id; null is anybody. */
    person: Name,
    decision: z.enum(['any', 'approve', 'reject']),
    when: When,
  }),
  z.strictObject({ subject: z.literal('audit'), about: About, person: Name, when: When }),
  /** Deploys and other recorded changes. */
  z.strictObject({ subject: z.literal('changes'), about: About, when: When }),
  /** When something may run next: windows and freezes. */
  z.strictObject({ subject: z.literal('next_allowed'), about: About, playbook: Name }),
  z.strictObject({ subject: z.literal('governance'), about: About, what: z.enum(rules) }),
  about('who_can'),
  alone('focus'),
  alone('scheduler'),
  about('proof'),
  alone('self_test'),
  alone('help'),
])
export type Query = z.infer<typeof Query>

export const everything: About = { kind: 'everything' }
export const allTime: When = { kind: 'all' }

/** What a query is about; some are about nothing that could be named. */
export const aboutOf = (query: Query): About => ('about' in query ? query.about : everything)
