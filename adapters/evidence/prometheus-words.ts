import { type MetricSignal, metricInWords, metricTitles } from '../../src/domain/metrics.ts'
import type { SignalReading } from './prometheus.ts'
import type { QueryResult } from './prometheus-query.ts'

/** `Errors 12 % now, 0.3 % an hour ago; saturation: no data.` */
export const describeMetrics = (readings: readonly SignalReading[], before: string): string => {
  const [first] = readings
  // One Prometheus that can't be reached fails every query alike, and says so once.
  if (first !== undefined && !first.now.ok) {
    const { problem } = first.now
    if (readings.every(({ now }) => !now.ok && now.problem === problem)) return problem
  }
  const told = readings.map((reading) => describeSignal(reading, before)).join('; ')
  return `${told}${/[.…]$/.test(told) ? '' : '.'}`
}

const describeSignal = (reading: SignalReading, before: string): string => {
  const { signal, now } = reading
  const title = metricTitles[signal]
  if (!now.ok) return `${title} not known: ${now.problem.replace(/\.$/, '')}`
  const then = valueOf(signal, reading.before)
  const current = valueOf(signal, now)
  if (current === null)
    return then === null ? `${title}: no data` : `${title}: no data now, ${then} ${before}`
  return `${title} ${current} now${then === null ? '' : `, ${then} ${before}`}`
}

const valueOf = (signal: MetricSignal, result: QueryResult): string | null =>
  result.ok && result.value !== null ? metricInWords(signal, result.value) : null
