/** What an ended run taught: nothing that happened is dropped. */

export const recoveries = ['recovered', 'not_recovered', 'not_measured'] as const
export type Recovery = (typeof recoveries)[number]

export const learningStatuses = [
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'rolled_back',
  'rollback_failed',
  'blocked',
  'unknown',
  'self_recovered',
] as const
export type LearningStatus = (typeof learningStatuses)[number]

/** Runs that never began: they are recorded, but they say nothing about whether the playbook works. */
export const neverBegan: readonly LearningStatus[] = ['blocked', 'canceled']

export interface LearningOutcome {
  readonly incidentId: string
  readonly runId: string | null
  readonly service: string
  readonly playbook: string | null
  readonly diagnosisCode: string | null
  readonly status: LearningStatus
  readonly recovery: Recovery
  readonly durationMs: number
  /** What its proposal had stated, 0 to 1 (domain/learning/calibration); null where it had stated nothing. */
  readonly stated: number | null
}
