import type { Generated } from 'kysely'
import type { Role } from '../domain/person.ts'
import type { PolicyMoment } from '../domain/policy/facts.ts'
import type { VerdictOutcome } from '../domain/policy/verdict.ts'
import type { Rejection } from '../domain/rejection.ts'
import type { At, Json } from './columns.ts'

export interface PolicyVerdictTable {
  tenant_id: string
  id: Generated<number>
  proposal_id: string
  /** Null where policy refused before there was one. */
  run_id: string | null
  moment: PolicyMoment
  at: At
  policy_version: string
  outcome: VerdictOutcome
  quorum: number
  approver_roles: Role[]
  required_roles: Role[]
  required_groups: string[]
  reasons: Json<Rejection[]>
  facts: Json<Record<string, unknown>>
}
