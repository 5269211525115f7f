import type { Evidence } from '../evidence.ts'
import { type MetricSignal, metricInWords, metricSignals } from '../metrics.ts'
import type { Metric, TriageView } from './facts.ts'
import type { Weigher } from './weigh.ts'
import { factors, points } from './weigh.ts'

/** What Prometheus says of one signal, weighed the same way for each: how bad it is, and whether that is new. */

export const readMetrics = ({ facts }: Evidence): Metric[] =>
  metricSignals.flatMap((signal) => {
    const now = facts[`${signal}.now`]
    const before = facts[`${signal}.before`]
    if (typeof now !== 'number' || !Number.isFinite(now)) return []
    return [{ signal, now, before: typeof before === 'number' && Number.isFinite(before) ? before : null }]
  })

/** In the unit of the signal. */
export interface Levels {
  /** From here on it is plainly bad. */
  readonly bad: number
  /** From here on it is worth a word, when it has risen. */
  readonly raised: number
}

/**
 * Judgement calls like the points: 5 % of requests failing is what common alert rules page for, and 1 % what they warn for; a
 * second is where people lose the thread, 300 ms where they begin to notice; queues grow steeply beyond 80 % use.
 */
export const levels = {
  errorRate: { bad: 0.05, raised: 0.01 },
  latencyP99: { bad: 1, raised: 0.3 },
  saturation: { bad: 0.9, raised: 0.8 },
} as const satisfies Partial<Record<MetricSignal, Levels>>
export type JudgedSignal = keyof typeof levels

/** Bad and new tells most; bad as ever tells little of an incident that has just begun. */
const asEver = 2

export const weighMetric = (view: TriageView, signal: JudgedSignal, weigher: Weigher): void => {
  const { bad, raised } = levels[signal]
  for (const metric of view.metrics.filter((each) => each.signal === signal)) {
    const told = describeMetric(metric)
    const risen = hasRisen(metric)
    if (metric.now >= bad) weigher.support(risen ? points.plainProbe : asEver, told)
    else if (metric.now < raised) weigher.oppose(factors.unlikely, told)
    else if (risen) weigher.support(points.name, told)
  }
}

/** Doubled, or from nothing; unknown counts as new, because an alert has just fired. For what is a share of all, a tenth is enough. */
const hasRisen = ({ signal, now, before }: Metric): boolean =>
  before === null || (signal === 'saturation' ? now - before >= 0.1 : now >= 2 * before)

/** True when errors or answer times have become bad since before the incident. */
export const hasWorsened = (view: TriageView): boolean =>
  view.metrics.some(
    (metric) =>
      (metric.signal === 'errorRate' || metric.signal === 'latencyP99') &&
      metric.before !== null &&
      metric.now >= levels[metric.signal].raised &&
      hasRisen(metric),
  )

const sentences: Readonly<Record<MetricSignal, (value: string) => string>> = {
  errorRate: (value) => `${value} of requests fail`,
  latencyP99: (value) => `99 of 100 requests are answered within ${value}`,
  saturation: (value) => `The scarcest resource is ${value} used`,
  requestRate: (value) => `${value} requests come in`,
}

/** `12 % of requests fail; before it was 0.3 %.` */
export const describeMetric = ({ signal, now, before }: Metric): string =>
  `${sentences[signal](metricInWords(signal, now))}${before === null ? '' : `; before, it was ${metricInWords(signal, before)}`}.`
