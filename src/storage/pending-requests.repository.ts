import { sql } from 'kysely'
import type { WaitingRequest } from '../domain/chart/figure-charts.ts'
import type { Tx } from './database.ts'

/** Every request that waits for a decision now, the longest first: as many as people left undecided. */
export const pendingRequests = async (tx: Tx): Promise<WaitingRequest[]> => {
  const rows = await tx.db
    .selectFrom('approval_request as request')
    .innerJoin('proposal', (join) =>
      join
        .onRef('proposal.tenant_id', '=', 'request.tenant_id')
        .onRef('proposal.id', '=', 'request.proposal_id'),
    )
    .select([
      'request.created_at',
      'request.expires_at',
      'request.quorum',
      sql<string>`proposal.body ->> 'service'`.as('service'),
      sql<string>`proposal.body ->> 'playbookTitle'`.as('title'),
      sql<number>`(select count(*) from approval_decision as vote where vote.tenant_id = request.tenant_id
        and vote.request_id = request.id and vote.decision = 'approve')::int`.as('given'),
    ])
    .where('request.tenant_id', '=', tx.tenantId)
    .where('request.status', '=', 'pending')
    .where('request.expires_at', '>', tx.now)
    .orderBy('request.created_at')
    .execute()
  return rows.map(({ created_at: requestedAt, expires_at: expiresAt, ...row }) => ({
    ...row,
    requestedAt,
    expiresAt,
  }))
}
