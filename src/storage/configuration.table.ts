import type { ColumnType, Generated } from 'kysely'
import type { Role } from '../domain/person.ts'
import type { Mode } from '../domain/policy/facts.ts'
import type { At, Json, MaybeAt } from './columns.ts'

export interface GovernanceTable {
  tenant_id: string
  mode: Mode
  emergency_stop: Generated<boolean>
  approver_roles: Role[]
  /** As of the last focus cycle, 0 to 100; null before the first. */
  distress: ColumnType<number | null, number | null | undefined, number | null>
  distress_at: MaybeAt
  version: Generated<number>
}

export interface ConfigVersionTable {
  tenant_id: string
  kind: 'catalogue' | 'playbook' | 'policy'
  name: string
  digest: string
  body: Json<unknown>
  source: string
  active: boolean
  /** When it came into force last. */
  imported_at: At
}
