import type { At } from './columns.ts'

/** Who was the first to ask for a service and diagnosis, and how long another one is a duplicate of it. */
export interface DedupClaimTable {
  tenant_id: string
  service: string
  diagnosis_code: string
  /** Both are written in the transaction that takes the claim; nobody else ever sees it without them. */
  run_id: string | null
  /** Null where nobody had to be asked. */
  request_id: string | null
  requested_at: At
  expires_at: At
}

export interface ProposalBackOffTable {
  tenant_id: string
  service: string
  diagnosis_code: string
  /** In a row. */
  failures: number
  until: At
}
