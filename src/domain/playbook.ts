import { z } from 'zod'
import { impacts } from './action.ts'
import { TriageCode } from './diagnosis.ts'
import { durationBetween } from './duration.ts'

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

export const Step = z.strictObject({
  id: identifier,
  title: z.string().min(1).max(75).optional(),
  ...StepCall.shape,
  timeout: durationBetween(100, 3_600_000).default(30_000),
  /** What undoes this step; absent means that nothing can. */
  rollback: StepCall.extend({ timeout: durationBetween(100, 3_600_000).default(30_000) }).optional(),
})
export type Step = z.infer<typeof Step>

export const Verify = z.strictObject({
  /** `http_probe`: the service's catalogued probe answers healthy, several times in a row. */
  check: z.enum(['http_probe']),
  within: durationBetween(100, 1_800_000).default(60_000),
  every: durationBetween(50, 60_000).default(1_000),
  /** Healthy answers in a row that count as recovered. */
  healthy: z.number().int().min(1).max(20).default(3),
})
export type Verify = z.infer<typeof Verify>

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
