import { type Calibration, calibrationOf } from '../../domain/learning/calibration.ts'
import { figuresByKey, figuresOf, type LearningFigures } from '../../domain/learning/figures.ts'
import type { Span } from '../../domain/learning/grains.ts'
import { type RecoveryFigures, recoveryByKey, recoveryOf } from '../../domain/learning/recovery-time.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type FigureFilter,
  type FigureGroup,
  readOutcomeSums,
  readRecoverySums,
  readTenths,
} from '../../storage/learning-figures.repository.ts'

/** How remediations and recoveries did, of a span of time or (null) of everything on record. */

export const buckets = ['24h', '7d', 'all'] as const
export type Bucket = (typeof buckets)[number]

/** The span that a bucket stands for at `now`; null is everything. */
export const spanOf = (bucket: Bucket, now: Temporal.Instant): Span | null => {
  switch (bucket) {
    case '24h':
      return { from: now.subtract({ hours: 24 }), to: now }
    case '7d':
      return { from: now.subtract({ hours: 7 * 24 }), to: now }
    case 'all':
      return null
  }
}

export const readLearning = async (
  tx: Tx,
  span: Span | null,
  filter: FigureFilter = {},
): Promise<LearningFigures> => figuresOf('', await readOutcomeSums(tx, span, filter, null, 'UTC'))

/** `zone` says where a day begins. What has no playbook (incidents that recovered alone) is left out where it is grouped by playbook. */
export const readLearningBy = async (
  tx: Tx,
  span: Span | null,
  filter: FigureFilter,
  { group, zone = 'UTC' }: { readonly group: FigureGroup; readonly zone?: string },
): Promise<LearningFigures[]> => {
  const sums = await readOutcomeSums(tx, span, filter, group, zone)
  return figuresByKey(group === 'playbook' ? sums.filter(({ key }) => key !== '') : sums)
}

export const readRecovery = async (
  tx: Tx,
  span: Span | null,
  service: string | null = null,
): Promise<RecoveryFigures> => recoveryOf('', await readRecoverySums(tx, span, service, null, 'UTC'))

export const readRecoveryBy = async (
  tx: Tx,
  span: Span | null,
  service: string | null,
  { group, zone = 'UTC' }: { readonly group: 'service' | 'day'; readonly zone?: string },
): Promise<RecoveryFigures[]> => recoveryByKey(await readRecoverySums(tx, span, service, group, zone))

export const readCalibration = async (tx: Tx, playbook: string | null = null): Promise<Calibration> =>
  calibrationOf(await readTenths(tx, playbook))
