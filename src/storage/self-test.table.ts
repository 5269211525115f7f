import type { SelfCheckResult } from '../domain/self-test.ts'
import type { At, Json, MaybeAt } from './columns.ts'

/** One row a tenant: the self-test that goes on, or else the last one. */
export interface SelfTestTable {
  tenant_id: string
  /** Tells this one from the next: whoever was given up by then changes nothing any more. */
  claim: string
  started_at: At
  ended_at: MaybeAt
  by_person: string
  done: number
  total: number
  checks: Json<readonly SelfCheckResult[]>
  /** Written by the check of the database alone, and always rolled back. */
  trial: string
}
