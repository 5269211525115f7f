import { type Insertable, type Selectable, sql } from 'kysely'
import type { Tx } from './database.ts'
import { gathering, rowsAsJson } from './gathering.ts'
import type { PolicyVerdictTable } from './policy.table.ts'

export type PolicyVerdictRow = Selectable<PolicyVerdictTable>

export const insertVerdict = async (
  tx: Tx,
  verdict: Omit<Insertable<PolicyVerdictTable>, 'tenant_id' | 'at'>,
): Promise<void> => {
  await insertVerdicts(tx, verdict)
}

/** Two of its columns are JSON already. */
const jsonOf = (verdicts: readonly Omit<Insertable<PolicyVerdictTable>, 'tenant_id' | 'at'>[]): string =>
  rowsAsJson(
    verdicts.map(({ reasons, facts, ...columns }) => ({
      ...columns,
      reasons: JSON.parse(reasons) as unknown,
      facts: JSON.parse(facts) as unknown,
    })),
  )

const insertVerdicts = gathering<Omit<Insertable<PolicyVerdictTable>, 'tenant_id' | 'at'>, void>(
  async (tx, verdicts) => {
    await sql`insert into policy_verdict (tenant_id, at, proposal_id, run_id, moment, policy_version, outcome, quorum, approver_roles,
        required_roles, required_groups, reasons, facts)
      select ${tx.tenantId}, ${tx.now}::timestamptz, proposal_id, run_id, moment, policy_version, outcome, quorum, approver_roles,
        required_roles, required_groups, reasons, facts
      from jsonb_populate_recordset(null::policy_verdict, ${jsonOf(verdicts)}::jsonb)`.execute(tx.db)
    return verdicts.map(() => undefined)
  },
)

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
