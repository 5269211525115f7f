/** What the prober makes of what it saw. Pure: probes in, findings out. */
import { MEMORY_WARN_PERCENT } from './estate.ts'

/** One look at one service. */
export type Probe = {
  /** `missed`: no answer in time, or none at all. */
  readonly health: 'pass' | 'warn' | 'fail' | 'missed'
  readonly memoryPercent: number | null
  /** null when the service did not even answer its health check, so that no order was tried. */
  readonly order: { readonly ok: boolean; readonly ms: number } | null
  /** Whether something it depends on was unwell at this time or just before: then that is to blame. */
  readonly dependencyUnwell: boolean
}

export type Finding = {
  readonly alertname: 'ServiceDown' | 'HighErrorRate' | 'HighLatency' | 'MemorySaturation'
  readonly severity: 'critical' | 'warning'
  readonly summary: string
  readonly description: string
}

/** The prober remembers this many probes; the rules look no further back. */
export const WINDOW = 10

export const MISSES_IN_A_ROW = 3
const ERROR_SHARE = 0.2
const SLOW_MS = 800
/** One hiccup lifts a p95 over ten orders; only from three on is it the service. */
const SLOW_AT_LEAST = 3
const MEMORY_LOOKBACK = 4
const MEMORY_AT_LEAST = 2

export const isDown = (probe: Probe): boolean => probe.health === 'missed' || probe.health === 'fail'

const failed = (probe: Probe): boolean => probe.order?.ok === false
const slow = (probe: Probe): boolean => probe.order?.ok === true && probe.order.ms > SLOW_MS

/** Whether this one probe shows anything wrong: what a dependent's trouble may be blamed on. */
export const isUnwell = (probe: Probe): boolean => isDown(probe) || failed(probe) || slow(probe)

/** Well means the last three probes were; null before there are any. */
export const isHealthy = (probes: readonly Probe[]): boolean | null =>
  probes.length === 0 ? null : !probes.slice(-3).some(isUnwell)

/** Nearest-rank percentile; `values` must not be empty. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** What is wrong with `service` by its last probes, oldest first. At most one finding per alert name. */
export function evaluate(service: string, probes: readonly Probe[]): Finding[] {
  const seen = probes.slice(-WINDOW)
  return [down(service, seen), errors(service, seen), latency(service, seen), memory(service, seen)].filter(
    (finding) => finding !== null,
  )
}

function down(service: string, probes: readonly Probe[]): Finding | null {
  const last = probes.slice(-MISSES_IN_A_ROW)
  if (last.length < MISSES_IN_A_ROW || !last.every(isDown)) return null
  const silent = last.at(-1)?.health === 'missed'
  return {
    alertname: 'ServiceDown',
    severity: 'critical',
    summary: silent ? `${service} does not answer` : `${service} says it is unfit to serve`,
    description: `${MISSES_IN_A_ROW} health checks in a row ${silent ? 'got no answer' : 'failed'}.`,
  }
}

function errors(service: string, probes: readonly Probe[]): Finding | null {
  const all = probes.filter(failed)
  const own = all.filter((probe) => !probe.dependencyUnwell)
  const limit = ERROR_SHARE * WINDOW
  if (all.length <= limit) return null
  const critical = own.length > limit
  const orders = probes.filter((probe) => probe.order !== null).length
  return {
    alertname: 'HighErrorRate',
    severity: critical ? 'critical' : 'warning',
    summary: `${service} fails ${all.length} of ${orders} orders`,
    description: critical
      ? `More than ${ERROR_SHARE * 100} % of the last ${WINDOW} orders failed.`
      : `More than ${ERROR_SHARE * 100} % of the last ${WINDOW} orders failed while something it depends on was unwell.`,
  }
}

function latency(service: string, probes: readonly Probe[]): Finding | null {
  const times = probes.flatMap((probe) => (probe.order?.ok ? [probe.order.ms] : []))
  if (probes.filter(slow).length < SLOW_AT_LEAST) return null
  const p95 = percentile(times, 0.95)
  const blamed = probes.filter(slow).every((probe) => probe.dependencyUnwell)
  return {
    alertname: 'HighLatency',
    severity: 'warning',
    summary: `${service} takes ${p95} ms for an order`,
    description: `The p95 of the last ${times.length} orders is above ${SLOW_MS} ms${blamed ? ' while something it depends on was unwell' : ''}.`,
  }
}

function memory(service: string, probes: readonly Probe[]): Finding | null {
  const above = probes
    .slice(-MEMORY_LOOKBACK)
    .flatMap(({ memoryPercent }) =>
      memoryPercent !== null && memoryPercent > MEMORY_WARN_PERCENT ? [memoryPercent] : [],
    )
  if (above.length < MEMORY_AT_LEAST) return null
  return {
    alertname: 'MemorySaturation',
    severity: 'warning',
    summary: `${service} uses ${Math.max(...above)} % of its memory`,
    description: `Above ${MEMORY_WARN_PERCENT} % in ${above.length} of the last ${MEMORY_LOOKBACK} health checks.`,
  }
}
