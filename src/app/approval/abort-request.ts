import type { Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { finishRun } from '../run/finish-run.ts'

/** Asked for at the wrong time: it is a run that ends before it begins, so that it is counted, and can be asked about later. */
export const endsAtOnce = ({ code }: Rejection): boolean => code === 'change_window' || code === 'freeze'

export interface Aborted {
  readonly proposal: ProposalRow
  readonly requesterId: string
  readonly reason: Rejection
}

/** No approval is asked for and no executor is called. The refusal itself is written down by whoever calls this. */
export const abortRequest = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { proposal, requesterId, reason }: Aborted,
): Promise<void> => {
  const run = await tx.db
    .insertInto('run')
    .values({
      tenant_id: tx.tenantId,
      incident_id: proposal.incident_id,
      proposal_id: proposal.id,
      status: 'blocked',
      cause: 'policy',
      reason: `${reason.detail} ${reason.remedy}`.trim(),
      requester_id: requesterId,
      budget_ms: app.limits.runBudgetMs,
      created_at: tx.now,
      finished_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await finishRun(app, tx, out, run, { recovery: 'not_measured', proposal, toldByProposal: true })
}
