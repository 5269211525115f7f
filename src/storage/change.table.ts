import type { SentChangeKind } from '../domain/change.ts'
import type { At, Numbered } from './columns.ts'

/** A change of a service that somebody has sent. */
export interface ChangeTable {
  tenant_id: string
  id: Numbered
  /** Its name in the catalogue. */
  service: string
  kind: SentChangeKind
  title: string
  at: At
  made_by: string | null
  version: string | null
  link: string | null
  /** Whose key or session sent it. */
  recorded_by: string
}
