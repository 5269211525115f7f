import type { LearningStatus, Recovery } from '../domain/learning.ts'
import type { At } from './columns.ts'

export interface LearningOutcomeTable {
  tenant_id: string
  id: string
  incident_id: string
  run_id: string | null
  service: string
  playbook: string | null
  diagnosis_code: string | null
  status: LearningStatus
  recovery: Recovery
  duration_ms: number
  at: At
  /** The likelihood that the proposal had stated, 0 to 1; null where it had stated none. */
  stated: number | null
}

/** Everything of one kind of outcome; `playbook` and `diagnosis_code` are empty where the incident recovered alone. */
export interface LearningTotalTable {
  tenant_id: string
  service: string
  playbook: string
  diagnosis_code: string
  status: LearningStatus
  recovery: Recovery
  outcomes: number
  total_ms: number
}

/** The same of one day in UTC. */
export interface LearningRollupTable extends LearningTotalTable {
  day: string
}

/** The same of one hour. */
export interface LearningHourTable extends LearningTotalTable {
  hour: At
}

/** Times to recover of a service, counted in buckets (domain/learning/recovery-time); empty is no service. */
export interface RecoveryTotalTable {
  tenant_id: string
  service: string
  bucket: number
  incidents: number
  alone: number
  total_ms: number
}

/** The same of one day in UTC. */
export interface RecoveryDayTable extends RecoveryTotalTable {
  day: string
}

/** Runs by the tenth that what their proposal had stated falls in. */
export interface CalibrationTable {
  tenant_id: string
  playbook: string
  tenth: number
  outcomes: number
  worked: number
  stated_sum: number
}
