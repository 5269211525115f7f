import type { At, MaybeAt, Numbered } from './columns.ts'

/** What somebody has frozen. Null in `services`, `playbooks` and `owners` together: everything. */
export interface FreezeTable {
  tenant_id: string
  id: Numbered
  /** As people call it: `everything`, `checkout`, `services of payments`. */
  what: string
  services: string[] | null
  playbooks: string[] | null
  owners: string[] | null
  begins_at: At
  ends_at: At
  reason: string
  set_by: string
  created_at: At
  /** Who lifted it before its end; null where its time came. */
  ended_by: string | null
  ended_at: MaybeAt
}
