import type { Generated } from 'kysely'
import type { ModeScope } from '../domain/policy/effective-mode.ts'
import type { Mode } from '../domain/policy/modes.ts'
import type { At, MaybeAt, Numbered } from './columns.ts'

/** Overrides the tenant's mode for one service or one playbook. */
export interface ModeSettingTable {
  tenant_id: string
  scope: ModeScope
  name: string
  mode: Mode
  set_by: string
  set_at: At
}

export interface BreakGlassTable {
  tenant_id: string
  /** Such as `bg-7`. */
  id: Numbered
  /** Null is all services. */
  service: string | null
  reason: string
  opened_by: string
  opened_at: At
  until: At
  ended_at: MaybeAt
  /** Null where its time ran out. */
  ended_by: Generated<string | null>
  reviewed_at: MaybeAt
  reviewed_by: Generated<string | null>
  review_note: Generated<string>
}
