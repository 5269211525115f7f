import type { Guardrails } from '../domain/learning/focus.ts'
import type { ReasonCode } from '../domain/rejection.ts'
import type { At } from './columns.ts'

export interface FocusCycleTable {
  tenant_id: string
  number: number
  at: At
  /** 0 to 100. */
  score: number
  critical_services: string[]
  degraded_services: string[]
  healthy: number
  open_incidents: number
  guardrails: Guardrails
}

/** How often something was proposed (the empty reason), and how often nothing was, by the reason. */
export interface SchedulerCounterTable {
  tenant_id: string
  reason: ReasonCode | ''
  times: number
  last_at: At
}
