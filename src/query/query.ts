import { z } from 'zod'

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

/** `any` is everything that has not ended. */
export const runStates = ['any', 'running', 'waiting'] as const
export type RunState = (typeof runStates)[number]

export const Query = z.discriminatedUnion('subject', [
  z.strictObject({ subject: z.literal('what_happened'), about: About }),
  z.strictObject({ subject: z.literal('who_approved'), about: About }),
  z.strictObject({ subject: z.literal('why_blocked'), about: About }),
  /** `mine`: only what was refused to whoever asks. */
  z.strictObject({ subject: z.literal('why_refused'), about: About, mine: z.boolean() }),
  z.strictObject({ subject: z.literal('what_runs'), about: About, state: z.enum(runStates) }),
  z.strictObject({ subject: z.literal('status'), about: About }),
  z.strictObject({ subject: z.literal('what_next'), about: About }),
  /** What is silenced, and what a silence has kept quiet. */
  z.strictObject({ subject: z.literal('silences'), about: About }),
])
export type Query = z.infer<typeof Query>
export type Subject = Query['subject']

export const subjects = [
  'what_happened',
  'who_approved',
  'why_blocked',
  'why_refused',
  'what_runs',
  'status',
  'what_next',
  'silences',
] as const satisfies readonly Subject[]
