import { z } from 'zod'

/**
 * The shape of the phrase set. Written from the contract of the question and not from its code, so that the set and the
 * parser can't share a mistake.
 */

const About = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('incident'), id: z.string().regex(/^inc-\d+$/) }),
  z.strictObject({ kind: z.literal('run'), id: z.string().regex(/^run-\d+$/) }),
  z.strictObject({ kind: z.literal('request'), id: z.string().regex(/^req-\d+$/) }),
  z.strictObject({ kind: z.literal('proposal'), id: z.string().regex(/^prop-\d+$/) }),
  z.strictObject({ kind: z.literal('service'), name: z.string() }),
  z.strictObject({ kind: z.literal('everything') }),
])
const Thing = About.refine(
  (about) => !['service', 'everything'].includes(about.kind),
  'one incident, run or request',
)
const Place = About.refine(
  (about) => ['service', 'everything'].includes(about.kind),
  'a service or everything',
)

const Between = z
  .strictObject({ kind: z.literal('between'), from: z.iso.datetime(), to: z.iso.datetime() })
  .refine(({ from, to }) => Temporal.Instant.compare(from, to) < 0, 'from comes before to')
const When = z.union([
  z.strictObject({ kind: z.literal('all') }),
  Between,
  z.strictObject({ kind: z.literal('since_change'), service: z.string() }),
])

const Versus = z
  .union([
    z.strictObject({ kind: z.literal('when'), when: When }),
    z.strictObject({ kind: z.literal('playbook'), name: z.string() }),
    z.strictObject({ kind: z.literal('service'), name: z.string() }),
  ])
  .nullable()
const Name = z.string().nullable()
const about = <S extends string>(subject: S) => z.strictObject({ subject: z.literal(subject), about: About })
const alone = <S extends string>(subject: S) => z.strictObject({ subject: z.literal(subject) })

export const PhraseQuery = z.discriminatedUnion('subject', [
  about('what_happened'),
  z.strictObject({ subject: z.literal('who_approved'), about: Thing }),
  about('why_blocked'),
  z.strictObject({ subject: z.literal('why_refused'), about: About, mine: z.boolean(), when: When }),
  z.strictObject({
    subject: z.literal('what_runs'),
    about: About,
    state: z.enum(['any', 'running', 'waiting']),
  }),
  about('status'),
  about('what_next'),
  about('silences'),
  z.strictObject({
    subject: z.literal('learning'),
    about: Place,
    playbook: Name,
    when: When,
    measure: z.enum(['success', 'counts', 'duration', 'self_recovery', 'calibration']),
    group: z.enum(['playbook', 'service', 'diagnosis', 'day']).nullable(),
    pick: z.enum(['all', 'best', 'worst', 'never']),
    versus: Versus,
  }),
  z.strictObject({
    subject: z.literal('recovery'),
    about: Place,
    when: When,
    group: z.enum(['service', 'day']).nullable(),
    pick: z.enum(['all', 'slowest', 'fastest']),
    versus: Versus,
  }),
  z.strictObject({
    subject: z.literal('incidents'),
    about: Place,
    when: When,
    state: z.enum(['any', 'open', 'resolved']),
    severity: z.enum(['critical', 'high', 'medium', 'low']).nullable(),
    count: z.boolean(),
    group: z.enum(['service', 'day']).nullable(),
    versus: Versus,
  }),
  z.strictObject({
    subject: z.literal('runs'),
    about: About,
    playbook: Name,
    when: When,
    outcome: z.enum([
      'any',
      'succeeded',
      'failed',
      'rolled_back',
      'timed_out',
      'blocked',
      'unknown',
      'canceled',
    ]),
    count: z.boolean(),
  }),
  z.strictObject({
    subject: z.literal('decisions'),
    about: About,
    person: Name,
    decision: z.enum(['any', 'approve', 'reject']),
    when: When,
  }),
  z.strictObject({ subject: z.literal('audit'), about: About, person: Name, when: When }),
  z.strictObject({ subject: z.literal('changes'), about: About, when: When }),
  z.strictObject({ subject: z.literal('next_allowed'), about: Place, playbook: Name }),
  z.strictObject({
    subject: z.literal('governance'),
    about: About,
    what: z.enum(['mode', 'freeze', 'windows', 'policy', 'break_glass']),
  }),
  about('who_can'),
  alone('focus'),
  alone('scheduler'),
  z.strictObject({ subject: z.literal('proof'), about: Thing }),
  alone('self_test'),
  alone('help'),
])
export type PhraseQuery = z.infer<typeof PhraseQuery>

export const Phrase = z.strictObject({
  id: z.string(),
  text: z.string().min(1),
  /** The incident in whose thread it is asked; null: outside any. */
  thread: z.literal('inc-42').nullable(),
  /** What was asked just before, for a follow-up. */
  before: PhraseQuery.nullable(),
  /** Null: must not be understood. */
  expect: PhraseQuery.nullable(),
  /** Equally right where honest readers differ. */
  accept: z.array(PhraseQuery).min(1).optional(),
  note: z.string().optional(),
})
export type Phrase = z.infer<typeof Phrase>

export const World = z.strictObject({
  /** With its zone, as Temporal.ZonedDateTime writes it. */
  now: z.string(),
  zone: z.string(),
  asker: z.string(),
  bot: z.array(z.string()),
  services: z.array(z.strictObject({ name: z.string(), aliases: z.array(z.string()) })),
  people: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  playbooks: z.array(z.strictObject({ name: z.string(), title: z.string() })),
  thread: z.strictObject({ incident: z.literal('inc-42'), service: z.string() }),
})
export type World = z.infer<typeof World>
