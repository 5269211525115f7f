import type { Check } from './check.ts'
import type { Recovery } from './learning.ts'
import { metricInWords, metricTitles } from './metrics.ts'
import type { Reading, Seen } from './verification.ts'

/** What a check is called, and what was seen of it. */

export const checkTitle = (check: Check): string => {
  if (check.title !== undefined) return check.title
  switch (check.check) {
    case 'http_probe':
      return check.probe === undefined ? 'Health probe' : `Probe ${check.probe}`
    case 'prometheus':
      return check.metric === undefined ? 'Prometheus query' : metricTitles[check.metric]
    case 'command':
      return `Command ${check.command}`
    case 'alert_resolved':
      return 'Alerts resolved'
  }
}

type Comparison = Pick<Extract<Check, { check: 'prometheus' }>, 'below' | 'above' | 'unit' | 'metric'>

/** `5xx rate 0.2 %, below 1 %`. Strict: a value at its bound does not hold. Null is no data, which was not measured. */
export const readMetric = (title: string, value: number | null, compared: Comparison): Reading => {
  const { below, above } = compared
  if (value === null || !Number.isFinite(value))
    return { measured: false, holds: false, summary: `${title}: no data` }
  const bounds = [
    ...(below === undefined ? [] : [{ holds: value < below, words: `below ${amount(below, compared)}` }]),
    ...(above === undefined ? [] : [{ holds: value > above, words: `above ${amount(above, compared)}` }]),
  ]
  const missed = bounds.filter((bound) => !bound.holds)
  // Without anything to compare with, nothing was found out.
  if (bounds.length === 0)
    return { measured: false, holds: false, summary: `${title}: nothing to compare with` }
  const words =
    missed.length === 0
      ? bounds.map((bound) => bound.words).join(' and ')
      : missed.map((bound) => `not ${bound.words}`).join(' and ')
  return {
    measured: true,
    holds: missed.length === 0,
    summary: `${title} ${amount(value, compared)}, ${words}`,
  }
}

/** Four digits are plenty for people, and never hide on which side of its bound a value lies: that is said in words. */
const amount = (value: number, { metric, unit }: Comparison): string =>
  metric === undefined
    ? `${Number(value.toPrecision(4))}${unit === undefined ? '' : ` ${unit}`}`
    : metricInWords(metric, value)

const counts = ['', 'once', 'twice', 'three times', 'four times', 'five times', 'six times'] as const
const times = (count: number): string => counts[count] ?? `${count} times`

export const notMeasuredWords = 'not measured: '

/** While it goes on: the last look. */
export const seenSoFar = ({ last, inARow, held }: Seen, healthy: number): string => {
  if (last === null) return 'no answer yet'
  if (!last.measured) return `${notMeasuredWords}${last.summary}`
  return inARow > 0 && !held ? `${last.summary}, ${inARow} of ${healthy} times in a row` : last.summary
}

/** When it is over. */
export const seenAtLast = (seen: Seen, end: Recovery, healthy: number): string => {
  const last = seen.last?.summary ?? 'no look came to an answer in time'
  switch (end) {
    case 'recovered':
      return healthy > 1 ? `${last}, ${times(seen.inARow)} in a row` : last
    case 'not_measured':
      return `${notMeasuredWords}${last}`
    case 'not_recovered':
      return seen.inARow > 0 ? `${last}, but only ${times(seen.inARow)} of ${healthy} in a row` : last
  }
}
