import type { HealthCheck, HealthReport } from './deps.ts'

/**
 * What everybody is told, without a key: which checks fail, since when, and what that means. Never the detail of a check, which
 * may name hosts, folders and the words of an error.
 */
export interface OpenFailure {
  readonly name: string
  readonly status: 'fail'
  readonly detail: string
  readonly since: string | null
}

interface Told {
  readonly what: string
  readonly meaning: string
}

const told: Readonly<Record<string, Told>> = {
  database: { what: 'not reachable', meaning: 'alerts are answered with 503 until it is back' },
  disk: { what: 'full', meaning: 'alerts are answered with 503 until there is room' },
  watchdog: { what: 'not running', meaning: 'a worker that hangs would not be ended' },
}
const anyOther: Told = { what: 'failing', meaning: 'the log says why, and so does /v1/health' }

export const openFailures = (report: HealthReport, now: Temporal.Instant): OpenFailure[] =>
  Object.entries(report.checks).flatMap(([name, check]) =>
    check.status === 'fail' ? [openFailure(name, check, now)] : [],
  )

const openFailure = (name: string, { since }: HealthCheck, now: Temporal.Instant): OpenFailure => {
  const { what, meaning } = told[name] ?? anyOther
  return {
    name,
    status: 'fail',
    detail: `${what}${since === undefined ? '' : ` since ${inWords(since, now)}`}; ${meaning}`,
    since: since === undefined ? null : toTheSecond(since),
  }
}

/** `12:03:10 UTC`, with the date in front when that is not today's. */
const inWords = (at: Temporal.Instant, now: Temporal.Instant): string => {
  const [date = '', time = ''] = toTheSecond(at).slice(0, -1).split('T')
  return `${toTheSecond(now).startsWith(date) ? '' : `${date} `}${time} UTC`
}

/** Not rounded: nothing begins in the future. */
export const toTheSecond = (at: Temporal.Instant): string => at.toString({ smallestUnit: 'second' })
