import type { Insertable, Selectable } from 'kysely'
import type { Tx } from './database.ts'
import type { PolicyVerdictTable } from './policy.table.ts'

export type PolicyVerdictRow = Selectable<PolicyVerdictTable>

export const insertVerdict = async (
  tx: Tx,
  verdict: Omit<Insertable<PolicyVerdictTable>, 'tenant_id' | 'at'>,
): Promise<void> => {
  await tx.db
    .insertInto('policy_verdict')
    .values({ ...verdict, tenant_id: tx.tenantId, at: tx.now })
    .execute()
}

/** What was said of a proposal, oldest first; of one run, what was said before there was a run too. */
export const verdictsOf = (
  tx: Tx,
  proposalId: string,
  runId: string | null,
  limit: number,
): Promise<PolicyVerdictRow[]> =>
  tx.db
    .selectFrom('policy_verdict')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('proposal_id', '=', proposalId)
    .$if(runId !== null, (query) =>
      query.where((eb) => eb.or([eb('run_id', '=', runId), eb('run_id', 'is', null)])),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
