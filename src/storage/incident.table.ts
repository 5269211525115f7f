import type { Generated } from 'kysely'
import type { AlertLink, AlertSourceName, AlertStatus, Severity } from '../domain/alert.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import type { EvidenceSourceName, EvidenceStatus, Fact } from '../domain/evidence.ts'
import type { IncidentStatus } from '../domain/incident.ts'
import type { At, Json, MaybeAt, MaybeJson, Numbered } from './columns.ts'

export interface IncidentTable {
  tenant_id: string
  id: Numbered
  group_key: string
  service: string | null
  severity: Severity
  title: string
  summary: string
  status: IncidentStatus
  opened_at: At
  resolved_at: MaybeAt
  flaps: Generated<number>
  firing: Generated<number>
  diagnosis: MaybeJson<Diagnosis>
  version: Generated<number>
  /** While it is escalated: Suture looks again then by itself. Null when it is a person's until they say otherwise. */
  look_again_at: MaybeAt
}

export interface AlertTable {
  tenant_id: string
  fingerprint: string
  source: AlertSourceName
  status: AlertStatus
  severity: Severity
  service: string | null
  title: string
  summary: string
  labels: Json<Record<string, string>>
  links: Json<AlertLink[]>
  starts_at: At
  ends_at: MaybeAt
  first_received_at: At
  last_received_at: At
  received: number
  incident_id: string | null
  claimed_starts_at: MaybeAt
  /** The silence that keeps it quiet while it fires; it then has no incident. */
  silenced_by: Generated<string | null>
}

export interface AlertKeptAsideTable {
  tenant_id: string
  id: string
  source: string
  received_at: At
  position: number
  field: string
  problem: string
  payload: string
}

export interface EvidenceTable {
  tenant_id: string
  id: string
  incident_id: string
  source: EvidenceSourceName
  subject: string
  status: EvidenceStatus
  summary: string
  facts: Json<Record<string, Fact>>
  observed_at: At
  duration_ms: number
}

export interface MessageTable {
  tenant_id: string
  id: string
  incident_id: string
  author_id: string
  body: string
  created_at: At
}
