import type { Generated } from 'kysely'
import type { Role } from '../domain/person.ts'
import type { Mode } from '../domain/policy/facts.ts'
import type { At, Json } from './columns.ts'

export interface GovernanceTable {
  tenant_id: string
  mode: Mode
  emergency_stop: Generated<boolean>
  approver_roles: Role[]
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
