import { type Chart, type ChartRow, chartOf } from '../chart.ts'
import type { LearningFigures } from '../learning/figures.ts'
import type { RecoveryFigures } from '../learning/recovery-time.ts'
import { wilson } from '../odds.ts'
import { span } from '../span.ts'

/** The charts of what Suture keeps, from the same records as its words. What rests on nothing is no row. */

export interface Labelled<T> {
  readonly label: string
  readonly of: T
}

interface Head {
  readonly title: string
  readonly foot: string
}

/** `2026-11-23 07:10 UTC`: a picture can't tell the time in the reader's zone. */
export const pictureTime = (at: Temporal.Instant): string =>
  `${at.toString({ smallestUnit: 'minute' }).slice(0, 16).replace('T', ' ')} UTC`

const percent = (share: number): string => `${Math.round(share * 100)} %`
const between = (low: number, high: number): string => `${Math.round(low * 100)}–${percent(high)}`

/** @param surestFirst the rows come by the lower ends of their intervals, which the eye does not see by itself */
export const successChart = (
  all: readonly Labelled<LearningFigures>[],
  head: Head,
  surestFirst = false,
): Chart => {
  const rows = all
    .filter(({ of }) => of.tried > 0)
    .map(({ label, of: { worked, tried } }) => shareRow(label, worked, tried))
  const has = (tone: ChartRow['tone']): boolean => rows.some((row) => row.tone === tone)
  return chartOf({
    ...head,
    caption: `The dot is the share that worked, the band its 95 % interval${surestFirst ? '; surest first' : ''}.${has('good') ? ' Green: works more often than not.' : ''}${has('warning') ? ' Amber: fails more often than not.' : ''}`,
    scale: 'share',
    rows,
  })
}

/** Only what the interval lies wholly on one side of is coloured: anything else is not known yet. */
const shareRow = (label: string, some: number, all: number): ChartRow => {
  const { low, high } = wilson(some, all)
  return {
    label,
    value: some / all,
    interval: { low, high },
    figure: percent(some / all),
    note: `${some} of ${all}, ${between(low, high)}`,
    tone: low > 0.5 ? 'good' : high < 0.5 ? 'warning' : 'neutral',
  }
}

export const durationChart = (all: readonly Labelled<LearningFigures>[], head: Head): Chart =>
  chartOf({
    ...head,
    caption: 'The bar is how long runs that began took on average.',
    scale: 'seconds',
    rows: all.flatMap(({ label, of: { averageMs, tried } }): ChartRow[] =>
      averageMs === null
        ? []
        : [
            {
              label,
              value: averageMs / 1_000,
              interval: null,
              figure: span(averageMs),
              note: `over ${tried}`,
              tone: 'neutral',
            },
          ],
    ),
  })

export const aloneChart = (all: readonly Labelled<RecoveryFigures>[], head: Head): Chart =>
  chartOf({
    ...head,
    caption: 'The dot is the share of incidents that recovered alone, the band its 95 % interval.',
    scale: 'share',
    rows: all
      .filter(({ of }) => of.incidents > 0)
      .map(({ label, of: { alone, incidents } }) => ({
        ...shareRow(label, alone, incidents),
        tone: 'neutral',
      })),
  })

export const recoveryChart = (all: readonly Labelled<RecoveryFigures>[], head: Head): Chart =>
  chartOf({
    ...head,
    caption:
      'The bar is the median: half of the incidents took no longer. Its pale end is where nine of ten had recovered.',
    scale: 'seconds',
    rows: all.flatMap(({ label, of: { incidents, medianMs, p90Ms } }): ChartRow[] =>
      medianMs === null || p90Ms === null
        ? []
        : [
            {
              label,
              value: medianMs / 1_000,
              interval: { low: medianMs / 1_000, high: p90Ms / 1_000 },
              figure: span(medianMs),
              note: `90 % in ${span(p90Ms)}, of ${incidents}`,
              tone: 'neutral',
            },
          ],
    ),
  })

export interface WaitingRequest {
  readonly service: string
  readonly title: string
  readonly requestedAt: Temporal.Instant
  readonly expiresAt: Temporal.Instant
  readonly given: number
  readonly quorum: number
}

/** Less than this share of its time is left: somebody has to look now. */
const lastPart = 0.25

/** The one that waits longest first. */
export const approvalsChart = (
  all: readonly WaitingRequest[],
  now: Temporal.Instant,
  { title, foot }: Head,
): Chart => {
  const rows = all
    .toSorted((one, other) => Temporal.Instant.compare(one.requestedAt, other.requestedAt))
    .map((each) => waitingRow(each, now.epochMilliseconds))
  const late = rows.some(({ tone }) => tone === 'warning')
  return chartOf({
    title,
    caption: `The bar is how long it has waited, its pale end when it expires.${late ? ' Amber: less than a quarter of its time is left.' : ''}`,
    scale: 'seconds',
    rows,
    foot,
  })
}

const waitingRow = (
  { service, title, requestedAt, expiresAt, given, quorum }: WaitingRequest,
  now: number,
): ChartRow => {
  const waited = Math.max(0, now - requestedAt.epochMilliseconds)
  const left = Math.max(0, expiresAt.epochMilliseconds - now)
  return {
    label: `${service}: ${title}`,
    value: waited / 1_000,
    interval: { low: waited / 1_000, high: (waited + left) / 1_000 },
    figure: span(waited),
    note: `${given} of ${quorum} approval${quorum === 1 ? '' : 's'}, ${left === 0 ? 'expired' : `${span(left)} left`}`,
    tone: left < lastPart * (waited + left) ? 'warning' : 'neutral',
  }
}

export interface Count {
  readonly key: string
  readonly count: number
}

/** The most first. */
export const incidentsChart = (counts: readonly Count[], head: Head): Chart =>
  chartOf({
    ...head,
    caption: 'The bar is the number of incidents.',
    scale: 'count',
    rows: counts.map(({ key, count }) => ({
      label: key,
      value: count,
      interval: null,
      figure: String(count),
      note: '',
      tone: 'neutral',
    })),
  })
