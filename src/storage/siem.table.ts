import type { Generated } from 'kysely'
import type { At, MaybeAt } from './columns.ts'

/** How far a SIEM was given a tenant's log. */
export interface SiemCursorTable {
  tenant_id: string
  /** Name of the place it goes to: another place begins at the beginning. */
  sink: string
  /** Number of the first entry that it was not given. */
  next: Generated<number>
  sent_at: MaybeAt
  /** When it is tried next. */
  due_at: At
  /** Failures in a row. */
  attempts: Generated<number>
  /** Empty as long as all is well. */
  last_error: Generated<string>
}
