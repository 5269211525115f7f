/** The health answer, in the shape of the IETF draft health+json (draft-inadarei-api-health-check-06). */
import { MEMORY_FAIL_PERCENT, MEMORY_LIMIT_MB, MEMORY_WARN_PERCENT } from './estate.ts'
import type { Flags } from './protocol.ts'

export type Status = 'pass' | 'warn' | 'fail'
export type Check = {
  readonly observedValue: string | number | null
  readonly observedUnit?: string
  readonly status: Status
  readonly since?: string
  readonly output?: string
  readonly time: string
}
export type Health = {
  readonly status: Status
  readonly version: string
  readonly releaseId: string
  readonly serviceId: string
  readonly description: string
  readonly checks: Readonly<Record<string, readonly Check[]>>
}

/** What one instance knows about itself. Memory in MB, shares in percent. */
export type Vitals = {
  readonly service: string
  readonly title: string
  readonly instance: string
  readonly time: string
  readonly residentMb: number
  readonly circuit: {
    readonly name: string
    readonly state: 'closed' | 'open' | 'half-open'
    readonly since: string
  }
  readonly flags: Flags
  /** Orders that failed in code behind a flag since it was turned on. */
  readonly flagFailures: number
  readonly capacityPercent: number
  readonly waiting: number
  readonly cacheHitPercent: number | null
  readonly errorPercent: number
}

export const VERSION = '1'
export const RELEASE = '1.4.2'

const worst = (statuses: readonly Status[]): Status =>
  statuses.includes('fail') ? 'fail' : statuses.includes('warn') ? 'warn' : 'pass'

const above = (value: number, warn: number, fail = Infinity): Status =>
  value >= fail ? 'fail' : value >= warn ? 'warn' : 'pass'

export function describeHealth(vitals: Vitals): Health {
  const { time } = vitals
  const memory = Math.round((100 * vitals.residentMb) / MEMORY_LIMIT_MB)
  const check = (
    observedValue: string | number | null,
    status: Status,
    more: Partial<Pick<Check, 'observedUnit' | 'since' | 'output'>> = {},
  ): Check[] => [{ observedValue, ...more, status, time }]
  const percent = { observedUnit: 'percent' }

  const checks: Record<string, Check[]> = {
    'memory:utilization': check(memory, above(memory, MEMORY_WARN_PERCENT, MEMORY_FAIL_PERCENT), {
      ...percent,
      output: `${Math.round(vitals.residentMb)} of ${MEMORY_LIMIT_MB} MB resident`,
    }),
    // An open circuit fails its own check but only warns for the whole: the instance itself still answers.
    [`circuit:${vitals.circuit.name}`]: check(
      vitals.circuit.state,
      vitals.circuit.state === 'open' ? 'fail' : 'pass',
      {
        since: vitals.circuit.since,
      },
    ),
    'capacity:utilization': check(vitals.capacityPercent, above(vitals.capacityPercent, 90), percent),
    'capacity:queue-length': check(vitals.waiting, above(vitals.waiting, 20), { observedUnit: 'orders' }),
    'cache:hit-ratio': check(
      vitals.cacheHitPercent,
      vitals.cacheHitPercent !== null && vitals.cacheHitPercent < 50 ? 'warn' : 'pass',
      percent,
    ),
    'orders:error-ratio': check(vitals.errorPercent, above(vitals.errorPercent, 20), percent),
  }
  for (const [name, flag] of Object.entries(vitals.flags)) {
    checks[`flag:${name}`] = check(
      flag.enabled ? 'on' : 'off',
      flag.enabled && vitals.flagFailures > 0 ? 'warn' : 'pass',
      {
        since: flag.since,
        ...(flag.enabled ? { output: `${vitals.flagFailures} orders failed behind it` } : {}),
      },
    )
  }
  const unfit = checks['memory:utilization']?.[0]?.status === 'fail'
  const all = worst(Object.values(checks).flatMap((list) => list.map((one) => one.status)))
  return {
    status: unfit ? 'fail' : all === 'fail' ? 'warn' : all,
    version: VERSION,
    releaseId: RELEASE,
    serviceId: vitals.instance,
    description: `${vitals.title}, health of one instance`,
    checks,
  }
}
