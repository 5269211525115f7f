import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'

/** The request that waits for a proposal: people have the proposal's id before their eyes. */
export const pendingRequestOf = async (
  app: App,
  caller: Caller,
  proposalId: string,
): Promise<string | Rejection> => {
  const row = await inTenant(
    app.store,
    caller.tenantId,
    (tx) =>
      tx.db
        .selectFrom('approval_request')
        .select('id')
        .where('tenant_id', '=', tx.tenantId)
        .where('proposal_id', '=', proposalId)
        .where('status', '=', 'pending')
        .executeTakeFirst(),
    { readOnly: true },
  )
  return (
    row?.id ??
    reject(
      'not_found',
      `Nobody has requested ${proposalId}, or it was decided already.`,
      `/heal approvals lists what waits; /heal request ${proposalId} asks for it.`,
    )
  )
}
