import { bold } from '../domain/card.ts'
import type { CalibratedTenth } from '../domain/learning/calibration.ts'
import type { LearningFigures } from '../domain/learning/figures.ts'
import type { RecoveryFigures } from '../domain/learning/recovery-time.ts'
import { wilson } from '../domain/odds.ts'
import { span } from '../domain/span.ts'
import type { FiguresFound } from './answer.ts'
import { counted, type Line, line } from './line.ts'
import type { Query } from './query.ts'
import { nameOf } from './say-query.ts'

/** Figures in words: never a percentage without the counts and the interval it rests on. */

export const tellFigures = (found: FiguresFound, query: Query): Line[] => {
  switch (found.subject) {
    case 'calibration':
      return tellCalibration(found.calibration)
    case 'learning': {
      if (query.subject !== 'learning') return []
      const { measure, pick } = query
      const of = (figures: LearningFigures, key: string): Line => tellLearning(measure, figures, key)
      return compared(
        found.figures.map((each) => of(each, labelOf(each.key, query))),
        found.against === null ? null : of(found.against, againstOf(query)),
        pick === 'never' ? 'Nothing that was tried has never worked.' : 'Nothing is on record for that.',
      )
    }
    case 'recovery':
      if (query.subject !== 'learning' && query.subject !== 'recovery') return []
      return compared(
        found.figures.map((each) => tellRecovery(query, each, labelOf(each.key, query))),
        found.against === null ? null : tellRecovery(query, found.against, againstOf(query)),
        'No incident has recovered in that time.',
      )
  }
}

const compared = (lines: readonly Line[], against: Line | null, none: string): Line[] =>
  lines.length === 0 ? [line(none)] : against === null ? [...lines] : [...lines, against]

type Compared = Extract<Query, { subject: 'learning' | 'recovery' }>

export const labelOf = (key: string, query: Query): string => {
  if (key !== '') return key
  if (query.subject === 'learning' && query.playbook !== null) return query.playbook
  if (query.subject !== 'learning' && query.subject !== 'recovery') return ''
  return query.about.kind === 'everything' ? 'Everything' : nameOf(query.about)
}

export const againstOf = ({ versus }: Compared): string =>
  versus === null ? '' : versus.kind === 'when' ? 'Against that, the other time' : versus.name

const percent = (share: number): string => String(Math.round(share * 100))

/** `7 of 9 worked, 95 % interval 45-94 %`. */
const share = (some: number, all: number, what: string): string => {
  if (all === 0) return 'nothing on record'
  const { low, high } = wilson(some, all)
  return `${some} of ${all} ${what}, 95 % interval ${percent(low)}-${percent(high)} %`
}

const tellLearning = (
  measure: Extract<Query, { subject: 'learning' }>['measure'],
  figures: LearningFigures,
  key: string,
): Line => {
  const head = bold(key)
  switch (measure) {
    case 'success':
    case 'calibration':
      return line(
        head,
        `: ${figures.tried === 0 ? 'never tried' : share(figures.worked, figures.tried, 'worked')}${unbegun(figures)}.`,
      )
    case 'counts':
      return line(head, `: ${countsOf(figures)}.`)
    case 'duration':
      return line(
        head,
        figures.averageMs === null
          ? ': never tried.'
          : `: ${span(figures.averageMs)} on average, over ${counted(figures.tried, 'run')} that began.`,
      )
    case 'self_recovery':
      return line(head, `: ${figures.selfRecovered} recovered alone.`)
  }
}

const unbegun = ({ byStatus }: LearningFigures): string => {
  const never = byStatus.blocked + byStatus.canceled
  return never === 0 ? '' : `; ${never} more never began`
}

const countsOf = ({ byStatus, total }: LearningFigures): string => {
  const parts = Object.entries(byStatus).flatMap(([status, count]) =>
    count === 0 ? [] : [`${count} ${status.replaceAll('_', ' ')}`],
  )
  return total === 0 ? 'nothing on record' : `${counted(total, 'outcome')}: ${parts.join(', ')}`
}

const tellRecovery = (
  query: Query,
  { incidents, alone, medianMs, meanMs, p90Ms }: RecoveryFigures,
  key: string,
): Line => {
  const head = bold(key)
  if (query.subject === 'learning') return line(head, `: ${share(alone, incidents, 'recovered alone')}.`)
  if (incidents === 0 || medianMs === null || meanMs === null || p90Ms === null)
    return line(head, ': no incident recovered.')
  return line(
    head,
    `: half within ${span(medianMs)}, nine of ten within ${span(p90Ms)}, ${span(meanMs)} on average (${counted(incidents, 'incident')}, ${alone} alone).`,
  )
}

const tellCalibration = ({
  outcomes,
  error,
  tenths,
}: Extract<FiguresFound, { subject: 'calibration' }>['calibration']): Line[] => {
  if (outcomes === 0 || error === null) return [line('Nothing that was promised has ended yet.')]
  const lines = tenths.map((each) => line(tellTenth(each)))
  return [
    line(
      `What was said and what came true are ${percent(error)} points apart on average, over ${counted(outcomes, 'outcome')}.`,
    ),
    ...lines,
  ]
}

const tellTenth = ({ from, to, stated, outcomes, worked, honest }: CalibratedTenth): string =>
  `Where ${percent(from)}-${percent(to)} % was stated (${percent(stated)} % on average): ${share(worked, outcomes, 'worked')}${honest ? '' : ': not what was stated'}.`
