import type { Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'

export interface ProposalView {
  readonly id: string
  readonly incidentId: string
  readonly rank: number
  readonly withdrawn: boolean
  readonly createdAt: string
  readonly digest: string
  readonly proposal: Proposal
  readonly verdict: Verdict
}

export const readProposal = (app: App, tenantId: string, id: string): Promise<ProposalView | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await findProposal(tx, id)
    if (row === undefined) return null
    return {
      id: row.id,
      incidentId: row.incident_id,
      rank: row.rank,
      withdrawn: row.withdrawn_at !== null,
      createdAt: row.created_at.toString(),
      digest: row.digest,
      proposal: row.body,
      verdict: row.verdict,
    }
  })
