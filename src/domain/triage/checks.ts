import type { HealthCheck, Probe, TriageView } from './facts.ts'

/** What several rules ask of a health answer. */

export const allChecks = (view: TriageView): HealthCheck[] => view.probes.flatMap((probe) => probe.checks)

/** The name after `prefix:`, such as `new-pricing` out of `flag:new-pricing`; null for other checks. */
export const nameAfter = (check: HealthCheck, prefix: string): string | null =>
  check.name.startsWith(`${prefix}:`) && check.name.length > prefix.length + 1
    ? check.name.slice(prefix.length + 1)
    : null

export const worstFirst = (checks: readonly HealthCheck[]): HealthCheck[] =>
  [...checks].sort((one, other) => rank(other) - rank(one))

const rank = (check: HealthCheck): number => ({ pass: 0, warn: 1, fail: 2 })[check.status]

export const isBad = (check: HealthCheck): boolean => check.status !== 'pass'

/** A circuit that lets nothing through says so by its status or, as some libraries do, by its value alone. */
export const openCircuits = (view: TriageView): HealthCheck[] =>
  worstFirst(
    allChecks(view).filter(
      (check) =>
        nameAfter(check, 'circuit') !== null && (isBad(check) || check.value?.toLowerCase() === 'open'),
    ),
  )

export const badFlags = (view: TriageView): HealthCheck[] =>
  worstFirst(allChecks(view).filter((check) => nameAfter(check, 'flag') !== null && isBad(check)))

export const utilizations = (view: TriageView): HealthCheck[] =>
  worstFirst(allChecks(view).filter((check) => saturationOf(check) !== null))

export const saturationOf = (check: HealthCheck): 'memory' | 'capacity' | null => {
  if (check.name === 'memory:utilization') return 'memory'
  if (check.name === 'capacity:utilization') return 'capacity'
  return null
}

/** `Health check “memory utilization” fails: 97 %, since 2026-06-01 10:00:00 UTC.` */
export const describeCheck = ({ name, status, value, unit, since }: HealthCheck): string => {
  const state = { pass: 'is good', warn: 'warns', fail: 'fails' }[status]
  const sign = unit === 'percent' ? '%' : unit
  const told = [
    ...(value === null ? [] : [[value, sign].filter((part) => part !== null).join(' ')]),
    ...(since === null ? [] : [`since ${instantInWords(since)}`]),
  ].join(', ')
  return `Health check “${checkInWords(name)}” ${state}${told === '' ? '' : `: ${told}`}.`
}

/** `capacity:queue-length` -> `capacity queue length`. What a circuit or a flag is called keeps its spelling. */
export const checkInWords = (name: string): string => {
  const [component = name, ...rest] = name.split(':')
  const what = rest.join(':')
  return `${component} ${component === 'circuit' || component === 'flag' ? what : what.replaceAll('-', ' ')}`.trim()
}

/** The zone of the reader is not known here. What is no instant is told as it came. */
const instantInWords = (text: string): string =>
  text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC')

/** A culprit that a check names; the symptoms it causes are then no diagnosis of their own. */
export const namedCulprit = (view: TriageView): HealthCheck | null =>
  badFlags(view)[0] ?? utilizations(view).find((check) => check.status === 'fail') ?? null

export const describeAnswer = (probe: Probe): string => {
  const status = probe.httpStatus === null ? '' : ` with HTTP ${probe.httpStatus}`
  const latency = probe.latencyMs === null ? '' : ` in ${Math.round(probe.latencyMs)} ms`
  return `${probe.subject} answers${status}${latency}.`
}

/** 502 and 504 are said by whatever stands before the service, never by the service: nothing behind it answers. */
export const isGatewayError = (probe: Probe): boolean =>
  probe.reachable === true && (probe.httpStatus === 502 || probe.httpStatus === 504) && probe.health === null

export const describeGateway = (probe: Probe): string =>
  `${probe.subject} does not answer: the gateway in front of it says HTTP ${probe.httpStatus}.`

export const isHealthy = (probe: Probe): boolean =>
  probe.reachable === true &&
  (probe.httpStatus === null || probe.httpStatus < 400) &&
  (probe.health === null || probe.health === 'pass')
