import type { Matcher, SilenceKind } from '../domain/silence.ts'
import type { At, Json, MaybeAt, Numbered } from './columns.ts'

export interface SilenceTable {
  tenant_id: string
  id: Numbered
  kind: SilenceKind
  matchers: Json<Matcher[]>
  from_at: At
  until_at: At
  reason: string
  set_by: string
  created_at: At
  /** When its start was told; null while it is still to come. */
  started_at: MaybeAt
  /** When it ended, in time or before. */
  ended_at: MaybeAt
  /** Null where its time had come. */
  ended_by: string | null
}

/** One row an alert and silence, however often it fires. */
export interface SilencedAlertTable {
  tenant_id: string
  silence_id: string
  fingerprint: string
  service: string | null
  title: string
  first_at: At
  last_at: At
  occurrences: number
}
