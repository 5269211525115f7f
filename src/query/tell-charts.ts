import {
  aloneChart,
  approvalsChart,
  durationChart,
  incidentsChart,
  type Labelled,
  pictureTime,
  recoveryChart,
  successChart,
} from '../domain/chart/figure-charts.ts'
import type { Chart } from '../domain/chart.ts'
import { ranked } from '../domain/learning/figures.ts'
import type { RecoveryFigures } from '../domain/learning/recovery-time.ts'
import type { Answer, Found } from './answer.ts'
import type { Query, When } from './query.ts'
import { nameOf } from './say-query.ts'
import { againstOf, labelOf } from './tell-figures.ts'

/** The chart of an answer, from the same records as its words. Null where a picture would say no more than they do. */
export const chartFor = ({ query, found, asOf, missing }: Answer): Chart | null => {
  const foot = `${footOf(query, asOf)}${missing === null ? '' : ` · ${missing}`}`
  const chart = chartOfFound(query, found, foot, asOf)
  return chart === null || chart.rows.length === 0 ? null : chart
}

const chartOfFound = (query: Query, found: Found, foot: string, asOf: Temporal.Instant): Chart | null => {
  if (found.subject === 'learning' && query.subject === 'learning') return learningChart(query, found, foot)
  if (found.subject === 'recovery' && (query.subject === 'learning' || query.subject === 'recovery'))
    return timesChart(query, found, foot)
  if (found.subject === 'incidents' && query.subject === 'incidents') return countsChart(query, found, foot)
  const waiting =
    query.subject === 'why_blocked' || (query.subject === 'what_runs' && query.state === 'waiting')
  return found.subject === 'what_runs' && waiting ? waitingChart(query, found, foot, asOf) : null
}

type Learning = Extract<Query, { subject: 'learning' }>
type Recovery = Extract<Query, { subject: 'recovery' }>
type Grouped = Learning | Recovery | Extract<Query, { subject: 'incidents' }>

/** One figure alone makes no picture; of what it is made of, two at least. */
const leastParts = 2

const partsOr = <T>(
  figures: readonly T[],
  against: T | null,
  parts: readonly T[] | undefined,
  grouped: boolean,
): { readonly all: readonly T[]; readonly compared: boolean } | null => {
  if (against !== null) return { all: [...figures, against], compared: true }
  if (grouped) return { all: figures, compared: false }
  return parts === undefined || parts.length < leastParts ? null : { all: parts, compared: false }
}

const labelled = <T extends { readonly key: string }>(
  all: readonly T[],
  query: Learning | Recovery,
  compared: boolean,
): Labelled<T>[] =>
  all.map((of, at) => ({
    label: compared && at === all.length - 1 ? againstOf(query) : labelOf(of.key, query),
    of,
  }))

const learningChart = (
  query: Learning,
  { figures, against, parts }: Extract<Found, { subject: 'learning' }>,
  foot: string,
): Chart | null => {
  const shown = partsOr(figures, against, parts, query.group !== null)
  if (shown === null) return null
  const { compared } = shown
  // The surest first, unless the question gave an order or days do.
  const inOrder = compared || query.pick !== 'all' || query.group === 'day'
  const all = labelled(inOrder ? shown.all : ranked(shown.all), query, compared)
  const surest = !inOrder || query.pick === 'best'
  const head = (what: string) => ({ title: titleOf(what, query, query.group ?? 'playbook', compared), foot })
  switch (query.measure) {
    case 'success':
      return successChart(all, head('Success'), surest)
    case 'duration':
      return durationChart(all, head('Duration of runs'))
    case 'counts':
    case 'self_recovery':
    case 'calibration':
      return null
  }
}

const timesChart = (
  query: Learning | Recovery,
  { figures, against, parts }: Extract<Found, { subject: 'recovery' }>,
  foot: string,
): Chart | null => {
  const grouped = query.group !== null || (query.subject === 'recovery' && query.pick !== 'all')
  const shown = partsOr(figures, against, parts, grouped)
  if (shown === null) return null
  const { compared } = shown
  const alone = query.subject === 'learning'
  const inOrder = compared || query.pick !== 'all' || query.group === 'day' || alone
  const all = labelled(inOrder ? shown.all : slowestFirst(shown.all), query, compared)
  const what = alone ? 'Recovered alone' : 'Time to recover'
  const head = { title: titleOf(what, query, query.group ?? 'service', compared), foot }
  return alone ? aloneChart(all, head) : recoveryChart(all, head)
}

const slowestFirst = (all: readonly RecoveryFigures[]): RecoveryFigures[] =>
  all.toSorted((one, other) => (other.medianMs ?? 0) - (one.medianMs ?? 0))

const countsChart = (
  query: Extract<Query, { subject: 'incidents' }>,
  { groups, parts, against }: Extract<Found, { subject: 'incidents' }>,
  foot: string,
): Chart | null => {
  const shown = against === null ? partsOr(groups ?? [], null, parts, groups !== null) : null
  if (shown === null) return null
  const named = shown.all.map(({ key, count }) => ({ key: key === '' ? 'no service' : key, count }))
  const counts = query.group === 'day' ? named : named.toSorted((one, other) => other.count - one.count)
  const state = [query.state === 'any' ? '' : query.state, query.severity ?? ''].filter((word) => word !== '')
  const what = state.length === 0 ? 'Incidents' : `${capital(state.join(' '))} incidents`
  return incidentsChart(counts, { title: titleOf(what, query, query.group ?? 'service', false), foot })
}

const waitingChart = (
  query: Query,
  { runs }: Extract<Found, { subject: 'what_runs' }>,
  foot: string,
  asOf: Temporal.Instant,
): Chart =>
  approvalsChart(
    runs.flatMap(({ request, service, status }) =>
      request === null || request.status !== 'pending' || status !== 'pending_approval'
        ? []
        : [
            {
              ...request,
              service,
              given: request.votes.filter(({ decision }) => decision === 'approve').length,
            },
          ],
    ),
    asOf,
    { title: `Approvals waiting${onAbout(query)}`, foot },
  )

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

const titleOf = (what: string, query: Grouped, group: string, compared: boolean): string =>
  compared ? `${what}, compared` : `${what} by ${group}${onAbout(query)}`

const onAbout = (query: Query): string => {
  if (!('about' in query) || query.about.kind === 'everything') return ''
  return query.about.kind === 'service' ? ` on ${query.about.name}` : ` in ${nameOf(query.about)}`
}

const footOf = (query: Query, asOf: Temporal.Instant): string => {
  const time = `as of ${pictureTime(asOf)}`
  return 'when' in query ? `${sayWhen(query.when)} · ${time}` : capital(time)
}

const sayWhen = (when: When): string => {
  switch (when.kind) {
    case 'all':
      return 'All time'
    case 'between':
      return `From ${pictureTime(Temporal.Instant.from(when.from))} to ${pictureTime(Temporal.Instant.from(when.to))}`
    case 'since_change':
      return `Since the newest change of ${when.service}`
  }
}
