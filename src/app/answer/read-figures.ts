import type { LearningFigures } from '../../domain/learning/figures.ts'
import { ranked } from '../../domain/learning/figures.ts'
import type { RecoveryFigures } from '../../domain/learning/recovery-time.ts'
import { counted } from '../../message/words.ts'
import type { Query, Versus, When } from '../../query/query.ts'
import type { Tx } from '../../storage/database.ts'
import {
  readCalibration,
  readLearning,
  readLearningBy,
  readRecovery,
  readRecoveryBy,
} from '../read/learning.ts'
import { noChange, type Reading, unanswerable } from './reading.ts'
import { type Resolved, resolveWhen } from './when.ts'

type Learning = Extract<Query, { subject: 'learning' }>
type Recovery = Extract<Query, { subject: 'recovery' }>

/** So many lines of figures; of more, those that come first by what was asked for. */
const mostLines = 20

export const readFigures = async (tx: Tx, query: Learning | Recovery, zone: string): Promise<Reading> => {
  const spans = await spansOf(tx, query)
  if ('found' in spans) return spans
  if (query.subject === 'recovery') return recovery(tx, query, spans, zone)
  if (query.measure === 'calibration') return calibration(tx, query)
  if (query.measure === 'self_recovery') return selfRecovery(tx, query, spans, zone)
  return learning(tx, query, spans, zone)
}

interface Spans {
  readonly first: Resolved
  readonly second: Resolved
}

const spansOf = async (tx: Tx, { when, versus }: Learning | Recovery): Promise<Spans | Reading> => {
  const other: When = versus?.kind === 'when' ? versus.when : when
  const [first, second] = await Promise.all([resolveWhen(tx, when), resolveWhen(tx, other)])
  if (first !== null && second !== null) return { first, second }
  return noChange(when.kind === 'since_change' ? when : other)
}

const serviceOf = (query: Learning | Recovery): string | null =>
  query.about.kind === 'service' ? query.about.name : null

const otherService = (query: Learning | Recovery, versus: Versus): string | null =>
  versus?.kind === 'service' ? versus.name : serviceOf(query)

const learning = async (
  tx: Tx,
  query: Learning,
  { first, second }: Spans,
  zone: string,
): Promise<Reading> => {
  const filter = { service: serviceOf(query), playbook: query.playbook }
  const against =
    query.versus === null
      ? null
      : await readLearning(tx, second.span, {
          service: otherService(query, query.versus),
          playbook: query.versus.kind === 'playbook' ? query.versus.name : query.playbook,
        })
  const figures =
    query.group === null
      ? [await readLearning(tx, first.span, filter)]
      : chosen(query, await readLearningBy(tx, first.span, filter, { group: query.group, zone }))
  const parts = wantsParts(query) ? await readLearningBy(tx, first.span, filter, { group: 'playbook' }) : []
  const found = { subject: 'learning', figures: figures.slice(0, mostLines), against, parts } as const
  return shown(found, figures.length, [
    ...first.records,
    ...second.records,
    counted(sum([...figures, ...(against === null ? [] : [against])]), 'outcome'),
  ])
}

/** One figure of everything, or of a service: the chart beside it shows what it is made of. */
const wantsParts = (query: Learning | Recovery): boolean =>
  query.group === null &&
  query.versus === null &&
  query.pick === 'all' &&
  (query.subject === 'recovery'
    ? query.about.kind === 'everything'
    : query.playbook === null && (query.measure === 'success' || query.measure === 'duration'))

const sum = (figures: readonly LearningFigures[]): number =>
  figures.reduce((total, each) => total + each.total, 0)

/** The best first, or the worst; what was never tried is neither. */
const chosen = ({ pick, measure }: Learning, figures: readonly LearningFigures[]): LearningFigures[] => {
  switch (pick) {
    case 'all':
      return [...figures]
    case 'never':
      return figures
        .filter(({ tried, worked }) => tried > 0 && worked === 0)
        .toSorted((one, other) => other.tried - one.tried)
    case 'best':
      return measure === 'duration' ? byDuration(figures) : ranked(figures)
    case 'worst':
      return measure === 'duration'
        ? byDuration(figures).toReversed()
        : figures
            .filter(({ tried }) => tried > 0)
            .toSorted((one, other) => one.high - other.high || other.tried - one.tried)
  }
}

const byDuration = (figures: readonly LearningFigures[]): LearningFigures[] =>
  figures
    .filter(({ averageMs }) => averageMs !== null)
    .toSorted((one, other) => (one.averageMs ?? 0) - (other.averageMs ?? 0))

const calibration = async (tx: Tx, query: Learning): Promise<Reading> => {
  if (query.when.kind !== 'all' || query.about.kind !== 'everything' || query.group !== null)
    return unanswerable(
      'Whether stated odds come true is only kept for all time and all services.',
      'Ask it without a time or a service, such as “are your odds calibrated?”',
    )
  const found = await readCalibration(tx, query.playbook)
  return {
    found: { subject: 'calibration', calibration: found },
    records: [counted(found.outcomes, 'outcome')],
    missing: null,
  }
}

/** Of incidents, how many recovered without a run. */
const selfRecovery = async (
  tx: Tx,
  query: Learning,
  { first, second }: Spans,
  zone: string,
): Promise<Reading> => {
  const { group, versus, playbook } = query
  if (group === 'playbook' || group === 'diagnosis' || playbook !== null)
    return unanswerable(
      'What recovers alone has no playbook, and is not kept by diagnosis.',
      'Ask it per service or per day.',
    )
  const figures =
    group === null
      ? [await readRecovery(tx, first.span, serviceOf(query))]
      : await readRecoveryBy(tx, first.span, serviceOf(query), { group, zone })
  const against = versus === null ? null : await readRecovery(tx, second.span, otherService(query, versus))
  return recoveryShown(figures, against, [first, second])
}

const recovery = async (
  tx: Tx,
  query: Recovery,
  { first, second }: Spans,
  zone: string,
): Promise<Reading> => {
  const { group, versus, pick } = query
  const grouped = group ?? (pick === 'all' ? null : 'service')
  const figures =
    grouped === null
      ? [await readRecovery(tx, first.span, serviceOf(query))]
      : await readRecoveryBy(tx, first.span, serviceOf(query), { group: grouped, zone })
  const against = versus === null ? null : await readRecovery(tx, second.span, otherService(query, versus))
  const byMedian = figures.toSorted((one, other) => (one.medianMs ?? 0) - (other.medianMs ?? 0))
  const inOrder = pick === 'all' ? figures : pick === 'fastest' ? byMedian : byMedian.toReversed()
  const parts = wantsParts(query) ? await readRecoveryBy(tx, first.span, null, { group: 'service' }) : []
  return recoveryShown(inOrder, against, [first, second], parts)
}

const recoveryShown = (
  figures: readonly RecoveryFigures[],
  against: RecoveryFigures | null,
  times: readonly Resolved[],
  parts: readonly RecoveryFigures[] = [],
): Reading =>
  shown({ subject: 'recovery', figures: figures.slice(0, mostLines), against, parts }, figures.length, [
    ...times.flatMap(({ records }) => records),
    `${[...figures, ...(against === null ? [] : [against])].reduce((total, each) => total + each.incidents, 0)} incidents`,
  ])

const shown = (found: Reading['found'], all: number, records: readonly string[]): Reading => ({
  found,
  records: [...new Set(records)],
  missing: all > mostLines ? `${mostLines} of ${all} are shown` : null,
})
