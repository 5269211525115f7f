import type { Clock, EvidenceQuestion, EvidenceSource, MetricReader } from '../../src/app/ports.ts'
import type { Evidence, Fact } from '../../src/domain/evidence.ts'
import { type MetricSignal, metricSignals } from '../../src/domain/metrics.ts'
import type { Service } from '../../src/domain/service.ts'
import { type PrometheusOptions, type QueryResult, queryPrometheus } from './prometheus-query.ts'
import { describeMetrics } from './prometheus-words.ts'

export interface PrometheusSettings extends PrometheusOptions {
  /** Where a person opens the graph; the first of `urls` when null. */
  readonly publicUrl: string | null
}

export interface SignalReading {
  readonly signal: MetricSignal
  readonly query: string
  readonly now: QueryResult
  readonly before: QueryResult
}

const hour = Temporal.Duration.from({ hours: 1 })
/** An alert waits before it fires: what is compared with lies so long before the incident. */
const lead = Temporal.Duration.from({ minutes: 10 })

/** Asks every signal of the service's `metrics`, now and before it began. */
export const createPrometheus = (
  settings: PrometheusSettings,
  clock: Pick<Clock, 'now' | 'monotonicMs'>,
): EvidenceSource => ({
  name: 'prometheus',
  dependsOn: (question) => {
    const { at, anHourAgo } = beforeIt(question, clock.now())
    return anHourAgo ? 'an hour ago' : at.toString()
  },
  gather: async (service, signal, question) => {
    const asked = queriesOf(service)
    if (asked.length === 0) return null
    const began = clock.monotonicMs()
    const observedAt = clock.now()
    const { at, anHourAgo } = beforeIt(question, observedAt)
    const readings = await Promise.all(
      asked.map(async ([name, query]): Promise<SignalReading> => {
        const [now, before] = await Promise.all([
          queryPrometheus(settings, query, null, signal),
          queryPrometheus(settings, query, at, signal),
        ])
        return { signal: name, query, now, before }
      }),
    )
    return {
      source: 'prometheus',
      subject: service.name,
      status: statusOf(readings),
      summary: describeMetrics(readings, anHourAgo ? 'an hour ago' : 'before it began'),
      facts: factsOf(readings, at, settings.publicUrl ?? settings.urls[0] ?? null),
      observedAt,
      durationMs: clock.monotonicMs() - began,
    }
  },
})

/** For verification: always asked anew. */
export const createMetricReader = (options: PrometheusOptions | null): MetricReader => ({
  read: async (_service, query, signal) => {
    if (options === null)
      return { ok: false, problem: 'No Prometheus is connected: set SUTURE_PROMETHEUS_URL.' }
    const result = await queryPrometheus(options, query, null, signal)
    return result.ok ? result : { ok: false, problem: result.problem }
  },
})

const queriesOf = ({ metrics }: Service): [MetricSignal, string][] =>
  metricSignals.flatMap((name): [MetricSignal, string][] => {
    const query = metrics?.[name]
    return query === undefined ? [] : [[name, query]]
  })

/** An hour ago, unless it had begun by then. To the minute, so that incidents of one minute share an answer. */
const beforeIt = (
  { beganAt }: EvidenceQuestion,
  now: Temporal.Instant,
): { at: Temporal.Instant; anHourAgo: boolean } => {
  const hourAgo = now.subtract(hour)
  const beforeBegin = beganAt.subtract(lead)
  return Temporal.Instant.compare(hourAgo, beforeBegin) <= 0
    ? { at: hourAgo, anHourAgo: true }
    : { at: beforeBegin.round({ smallestUnit: 'minute', roundingMode: 'floor' }), anHourAgo: false }
}

/** One signal that was read is evidence; what is missing beside it stands in the summary. */
const statusOf = (readings: readonly SignalReading[]): Evidence['status'] => {
  if (readings.some(({ now }) => now.ok)) return 'ok'
  return readings.every(({ now }) => !now.ok && now.timedOut) ? 'timed_out' : 'failed'
}

/** As documented on `Evidence`. */
const factsOf = (
  readings: readonly SignalReading[],
  comparedAt: Temporal.Instant,
  base: string | null,
): Evidence['facts'] => {
  const facts: Record<string, Fact> = {}
  for (const { signal, now, before } of readings)
    if (now.ok) {
      facts[`${signal}.now`] = now.value
      facts[`${signal}.before`] = before.ok ? before.value : null
    } else facts[`${signal}.problem`] = now.problem
  facts['comparedAt'] = comparedAt.toString()
  if (base !== null) facts['link'] = graphLink(base, readings)
  return facts
}

/** What a chat can carry in one link, with room to spare. */
const longestLink = 1_500

/** Every query as a panel of its own, over the last two hours; those that no longer fit are left out. */
const graphLink = (base: string, readings: readonly SignalReading[]): string => {
  let link = `${base.replace(/\/+$/, '')}/graph`
  let panels = 0
  for (const { query } of readings) {
    const panel = `${panels === 0 ? '?' : '&'}g${panels}.expr=${encodeURIComponent(query)}&g${panels}.tab=0&g${panels}.range_input=2h`
    if (link.length + panel.length > longestLink) continue
    link += panel
    panels += 1
  }
  return link
}
