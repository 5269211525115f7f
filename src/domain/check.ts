import { z } from 'zod'
import { durationBetween } from './duration.ts'
import { metricSignals } from './metrics.ts'

/** A declared look at whether something holds: after a step, or after the whole plan. Kinds are closed. */

/** How often and how long one looks. Stored in ms, as is every duration of a playbook. */
const patience = {
  /** What a card calls it; without it, the kind's own words. */
  title: z.string().min(1).max(75).optional(),
  /** Time left to settle before the first look; not counted against `within`. */
  settle: durationBetween(0, 600_000).optional(),
  within: durationBetween(100, 1_800_000).default(60_000),
  every: durationBetween(50, 60_000).default(1_000),
  /** Looks in a row at which it has to hold. */
  healthy: z.number().int().min(1).max(20).default(3),
}

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)

/** The service's catalogued probe answers healthy; `probe` names one of its `probes` instead. */
const HttpProbeCheck = z.strictObject({
  check: z.literal('http_probe'),
  probe: name.optional(),
  ...patience,
})

/** The value of a PromQL query lies strictly below, above, or between. No data is no zero: it is not measured. */
const PrometheusCheck = z
  .strictObject({
    check: z.literal('prometheus'),
    query: z.string().trim().min(1).max(2_000).optional(),
    /** Instead of a query: what the catalogue has under the service's `metrics`, in its unit (0.01 is 1 %). */
    metric: z.enum(metricSignals).optional(),
    below: z.number().optional(),
    above: z.number().optional(),
    /** Written behind the values of a query, such as `%`. */
    unit: z.string().min(1).max(20).optional(),
    ...patience,
  })
  .refine(({ below, above }) => below !== undefined || above !== undefined, {
    message: 'nothing to compare with; expected below, above, or both',
  })
  .refine(({ query, metric }) => (query === undefined) !== (metric === undefined), {
    message: 'expected either query or metric',
  })

/** A command of the catalogue ends with exit code 0. A playbook can't say which program that is: it names a target's check. */
const CommandCheck = z
  .strictObject({
    check: z.literal('command'),
    /** `<target>/<check>`, or the check alone: then the service's first target that declares it. */
    command: z
      .string()
      .max(264)
      .regex(/^([^]+\/)?[a-z][a-z0-9_-]{0,62}$/, 'expected a check, or target/check'),
    /** For one look. */
    timeout: durationBetween(100, 600_000).default(10_000),
    ...patience,
  })
  .refine(({ timeout, within }) => timeout <= within, {
    message: 'expected a timeout within which a look can end, at most as long as within',
  })

/** None of the incident's alerts fires any more. */
const AlertResolvedCheck = z.strictObject({ check: z.literal('alert_resolved'), ...patience })

const kinds = [HttpProbeCheck, PrometheusCheck, CommandCheck, AlertResolvedCheck] as const
const kindNames = 'http_probe, prometheus, command or alert_resolved'

const unknownKind =
  (expected: string) =>
  (issue: { readonly code?: string | undefined }): string | undefined =>
    issue.code === 'invalid_union' ? `unknown kind of check; expected ${expected}` : undefined

export const Check = z.discriminatedUnion('check', kinds, { error: unknownKind(kindNames) })
export type Check = z.infer<typeof Check>

export const mostChecks = 10

/** One check, or several that must all hold at the same time. */
export const Verify = z.discriminatedUnion(
  'check',
  [
    ...kinds,
    z.strictObject({
      /** Never written: the form with `checks` needs no kind of its own. */
      check: z.literal('all').default('all'),
      /** For each check that does not say it itself. */
      settle: durationBetween(0, 600_000).optional(),
      checks: z.array(Check).min(1).max(mostChecks),
    }),
  ],
  { error: unknownKind(`${kindNames}, or several below checks`) },
)
export type Verify = z.infer<typeof Verify>

/** The checks of a plan, each with the time it is left to settle. */
export const checksOf = (verify: Verify): readonly Check[] => {
  if (verify.check !== 'all') return [verify]
  const { settle, checks } = verify
  return settle === undefined ? checks : checks.map((check) => ({ settle, ...check }))
}

/** Checks are looked at side by side, so that the slowest counts. In ms. */
export const longestOf = (checks: readonly Check[]): number =>
  Math.max(0, ...checks.map(({ settle, within }) => (settle ?? 0) + within))

/** A stored playbook may have been let through by another version of Suture: what is not listed here is not looked at. */
export const isKnownCheck = ({ check }: { readonly check: string }): boolean =>
  kinds.some(({ shape }) => shape.check.value === check)
