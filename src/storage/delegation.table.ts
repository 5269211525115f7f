import type { At, MaybeAt, Numbered } from './columns.ts'

/** Somebody who may approve is away, and somebody else votes in their stead. */
export interface DelegationTable {
  tenant_id: string
  id: Numbered
  /** Who is away. */
  person_id: string
  delegate_id: string
  from_at: At
  until_at: At
  made_by: string
  /** Taken back before its time. */
  ended_at: MaybeAt
}
