import { z } from 'zod'

/** What a service's metrics may tell: a few signals with fixed units, each one PromQL query of the catalogue. */

export const metricSignals = ['errorRate', 'latencyP99', 'saturation', 'requestRate'] as const
export type MetricSignal = (typeof metricSignals)[number]

/** PromQL whose answer is one number. Suture sends it as it stands. */
const Query = z.string().trim().min(1).max(2_000)

export const Metrics = z.strictObject({
  /** Failed requests as a share of all, 0 to 1. */
  errorRate: Query.optional(),
  /** What 99 of 100 requests are faster than, in seconds. */
  latencyP99: Query.optional(),
  /** How much of the scarcest resource is used, 0 to 1. */
  saturation: Query.optional(),
  /** Requests a second. */
  requestRate: Query.optional(),
})
export type Metrics = z.infer<typeof Metrics>

export const metricTitles: Readonly<Record<MetricSignal, string>> = {
  errorRate: 'Errors',
  latencyP99: '99 of 100 requests answered within',
  saturation: 'Saturation',
  requestRate: 'Requests',
}

/** A value in the unit a person thinks in: `12 %`, `0.3 %`, `2.4 s`, `180 ms`, `118 a second`. */
export const metricInWords = (signal: MetricSignal, value: number): string => {
  switch (signal) {
    case 'errorRate':
    case 'saturation':
      return `${rounded(value * 100)} %`
    case 'latencyP99':
      return Math.abs(value) < 0.9995 ? `${rounded(value * 1_000)} ms` : `${rounded(value)} s`
    case 'requestRate':
      return `${rounded(value)} a second`
  }
}

/** Two digits that say something; a whole number from ten on. Something that is not nothing is never told as 0. */
const rounded = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 10) return String(Math.round(value))
  if (size !== 0 && size < 0.01) return value > 0 ? 'under 0.01' : 'about 0'
  return String(Number(value.toPrecision(2)))
}
