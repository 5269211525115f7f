import type { Generated } from 'kysely'
import type { AuditEvent } from '../domain/audit.ts'
import type { EffectKind } from '../domain/effect.ts'
import type { At, GeneratedAt } from './columns.ts'

/** `bytes` are the truth; event, actor, subject and incident are copied out of them to be found again. */
export interface AuditEntryTable {
  seq: Generated<number>
  tenant_id: string
  id: string
  at: At
  event: AuditEvent
  actor: string
  subject: string
  incident_id: string | null
  bytes: Buffer
  leaf_hash: Buffer
}

export interface AuditUnsealedTable {
  seq: number
  tenant_id: string
}

export interface OutboxTable {
  tenant_id: string
  kind: EffectKind
  key: string
  due_at: At
  rings: Generated<number>
  created_at: GeneratedAt
}
