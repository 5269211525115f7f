import { z } from 'zod'
import { impacts } from './action.ts'
import { Check, Verify } from './check.ts'
import { TriageCode } from './diagnosis.ts'
import { durationBetween } from './duration.ts'
import { roles } from './person.ts'

/** A declared remediation: what it is for, what it does step by step, how it is undone and how success is seen. */

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, beginning with a letter')

/** `with` values are literals or exactly `${{ parameters.name }}`; nothing is evaluated. */
const WithValue = z.union([z.string().max(2_000), z.number(), z.boolean()])

export const PlaybookParameter = z.strictObject({
  /** Shown beside the value on the card. */
  title: z.string().min(1).max(75),
  type: z.enum(['integer', 'string', 'choice', 'boolean']),
  default: z.union([z.string().max(2_000), z.number(), z.boolean()]).optional(),
  /** Narrows the action's own bounds. */
  min: z.number().int().optional(),
  max: z.number().int().optional(),
  values: z.array(z.string().max(200)).min(1).max(50).optional(),
  maxLength: z.number().int().min(1).max(2_000).optional(),
  /** Name of a diagnosis hint that fills the value, such as `flag`. Without hint and default the playbook isn't proposed. */
  fromHint: identifier.optional(),
})
export type PlaybookParameter = z.infer<typeof PlaybookParameter>

export const StepCall = z.strictObject({
  action: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  with: z.record(z.string(), WithValue).default({}),
})
export type StepCall = z.infer<typeof StepCall>

/** People are asked again before this step, by what was seen of the steps before it. Never let past by a mode or a trust. */
export const Gate = z.strictObject({
  /** What they decide, as a question: `Did the canary do well?` */
  title: z.string().min(1).max(75),
  /** Each of these at least one of the approvers has; added to what policy asks for. */
  roles: z
    .array(z.enum(roles).exclude(['viewer']))
    .min(1)
    .max(4)
    .optional(),
  /** Different people; what policy asks for counts where it is more. */
  quorum: z.number().int().min(1).max(10).optional(),
})
export type Gate = z.infer<typeof Gate>

export const Step = z.strictObject({
  id: identifier,
  title: z.string().min(1).max(75).optional(),
  gate: Gate.optional(),
  ...StepCall.shape,
  timeout: durationBetween(100, 3_600_000).default(30_000),
  /** What has to hold once it is done; if it does not, the step has failed and is undone with those before it. */
  check: Check.optional(),
  /** What undoes this step; absent means that nothing can. */
  rollback: StepCall.extend({ timeout: durationBetween(100, 3_600_000).default(30_000) }).optional(),
})
export type Step = z.infer<typeof Step>

export const Playbook = z.strictObject({
  name: identifier,
  version: z.number().int().min(1),
  title: z.string().min(1).max(75),
  description: z.string().min(1).max(1_000),
  impact: z.enum(impacts),
  diagnoses: z.array(TriageCode).min(1),
  parameters: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,62}$/), PlaybookParameter).default({}),
  /** Which targets it touches: the incident's service's, all of them or the first. */
  targets: z.enum(['service', 'first']).default('service'),
  /** Checked again when it is about to run. */
  precondition: z.strictObject({ incident: z.literal('unresolved') }).default({ incident: 'unresolved' }),
  steps: z.array(Step).min(1).max(20),
  verify: Verify,
  /** How long it usually takes; shown until history knows better. */
  expectedDuration: durationBetween(100, 3_600_000).default(60_000),
  /**
   * A diagnosis hint this playbook is made for, such as `saturation: memory`. Where the diagnosis has that hint with another
   * value the playbook ranks half as high; where it has no such hint nothing changes.
   */
  prefersHint: z.record(identifier, z.string().max(200)).default({}),
  /** How likely it is to help before any history: a pseudo-count of successes and failures. */
  prior: z
    .strictObject({ worked: z.number().min(0).max(20), failed: z.number().min(0).max(20) })
    .default({ worked: 1, failed: 1 }),
})
export type Playbook = z.infer<typeof Playbook>

const reference = /^\$\{\{ *parameters\.([a-zA-Z][a-zA-Z0-9]{0,62}) *\}\}$/

/** The parameter a `with` value names, or null when it is a literal. */
export const parameterNamed = (value: unknown): string | null =>
  typeof value === 'string' ? (reference.exec(value)?.[1] ?? null) : null
