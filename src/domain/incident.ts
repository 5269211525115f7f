import type { Severity } from './alert.ts'

/** Alerts under response. One open incident per (tenant, group key). */

export const incidentStatuses = ['open', 'proposed', 'healing', 'escalated', 'resolved'] as const
export type IncidentStatus = (typeof incidentStatuses)[number]

/**
 * open: evidence is being gathered. proposed: waiting for people. healing: a run is queued or running.
 * escalated: a person is needed. resolved -> open only when a flapping alert fires anew inside the flap window.
 */
export const incidentTransitions = {
  open: ['proposed', 'healing', 'escalated', 'resolved'],
  proposed: ['open', 'healing', 'escalated', 'resolved'],
  healing: ['open', 'proposed', 'escalated', 'resolved'],
  escalated: ['open', 'proposed', 'healing', 'resolved'],
  resolved: ['open'],
} as const satisfies Record<IncidentStatus, readonly IncidentStatus[]>

export const mayMoveIncident = (from: IncidentStatus, to: IncidentStatus): boolean =>
  (incidentTransitions[from] as readonly IncidentStatus[]).includes(to)

export interface Incident {
  /** Human-readable and unique, such as `inc-42`. */
  readonly id: string
  readonly groupKey: string
  readonly service: string | null
  readonly severity: Severity
  readonly title: string
  readonly summary: string
  readonly status: IncidentStatus
  readonly openedAt: Temporal.Instant
  readonly resolvedAt: Temporal.Instant | null
  /** How often the incident was opened again inside the flap window. */
  readonly flaps: number
  readonly version: number
}
