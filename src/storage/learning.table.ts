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
}

/** One row a day and kind of outcome; `playbook` and `diagnosis_code` are empty where the incident recovered alone. */
export interface LearningRollupTable {
  tenant_id: string
  service: string
  playbook: string
  diagnosis_code: string
  day: string
  status: LearningStatus
  recovery: Recovery
  outcomes: number
  total_ms: number
}
