import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import { mayMoveRun, type RunStatus } from '../domain/run.ts'
import type { IdOrQuery, Tx } from './database.ts'
import type {
  ApprovalDecisionTable,
  ApprovalRequestTable,
  PermitTable,
  ProposalTable,
  RunTable,
  StepExecutionTable,
} from './run.table.ts'

export type RunRow = Selectable<RunTable>
export type ProposalRow = Selectable<ProposalTable>
export type ApprovalRequestRow = Selectable<ApprovalRequestTable>
export type VoteRow = Selectable<ApprovalDecisionTable>
export type PermitRow = Selectable<PermitTable>
export type StepRow = Selectable<StepExecutionTable>

export const lockRun = (tx: Tx, id: IdOrQuery): Promise<RunRow | undefined> =>
  tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const findRun = (tx: Tx, id: string): Promise<RunRow | undefined> =>
  tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()

/** The one place that changes a run's status: by the transition table and by compare-and-set on the version. */
export const moveRun = async (
  tx: Tx,
  run: RunRow,
  to: RunStatus,
  more: Omit<Updateable<RunTable>, 'status' | 'version'> = {},
): Promise<RunRow> => {
  if (!mayMoveRun(run.status, to)) throw new Error(`${run.id} cannot go from ${run.status} to ${to}`)
  return tx.db
    .updateTable('run')
    .set({ ...more, status: to, version: run.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', run.id)
    .where('version', '=', run.version)
    .returningAll()
    .executeTakeFirstOrThrow(
      () => new Error(`${run.id} was changed by somebody else (expected version ${run.version})`),
    )
}

export const findProposal = (tx: Tx, id: IdOrQuery): Promise<ProposalRow | undefined> =>
  tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()

export const stepsOfRun = (tx: Tx, runId: string): Promise<StepRow[]> =>
  tx.db
    .selectFrom('step_execution')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .orderBy('started_at')
    .orderBy('position')
    .execute()

/** Rows of looks, which unlike effects may be taken again: a row that stands is overwritten, its start too when it begins anew. */
export const writeCheckSteps = async (
  tx: Tx,
  rows: readonly Insertable<StepExecutionTable>[],
  begins: boolean,
): Promise<void> => {
  await tx.db
    .insertInto('step_execution')
    .values([...rows])
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'run_id', 'step_id', 'phase']).doUpdateSet((eb) => ({
        status: eb.ref('excluded.status'),
        finished_at: eb.ref('excluded.finished_at'),
        summary: eb.ref('excluded.summary'),
        fencing_token: eb.ref('excluded.fencing_token'),
        ...(begins ? { started_at: eb.ref('excluded.started_at') } : {}),
      })),
    )
    .execute()
}

export const permitOfRun = (tx: Tx, runId: string): Promise<PermitRow | undefined> =>
  tx.db
    .selectFrom('permit')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .forUpdate()
    .executeTakeFirst()

export const requestOfRun = (tx: Tx, runId: string): Promise<ApprovalRequestRow | undefined> =>
  tx.db
    .selectFrom('approval_request')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .executeTakeFirst()

/** In the order in which they were cast. */
export const votesOfRequest = (tx: Tx, requestId: string): Promise<VoteRow[]> =>
  tx.db
    .selectFrom('approval_decision')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('request_id', '=', requestId)
    .orderBy('decided_at')
    .execute()

/** Runs of an incident that have not ended, oldest first. */
export const liveRunsOfIncident = (tx: Tx, incidentId: string): Promise<RunRow[]> =>
  tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .forUpdate()
    .execute()

/**
 * Runs that both stand behind, as requester, as approver or by a delegate's vote, and that have not begun: one human must not
 * be enough for them.
 */
export const revokeSharedPermits = async (tx: Tx, both: readonly [string, string]): Promise<void> => {
  const steads = sql<string[]>`array(select vote.for_person_id from approval_decision vote
    join approval_request request on request.tenant_id = vote.tenant_id and request.id = vote.request_id
    where request.tenant_id = run.tenant_id and request.run_id = run.id and vote.for_person_id is not null)`
  const parties = sql<string[]>`permit.approver_ids || run.requester_id || ${steads}`
  await tx.db
    .updateTable('permit')
    .from('run')
    .set({ status: 'revoked' })
    .where('permit.tenant_id', '=', tx.tenantId)
    .whereRef('run.tenant_id', '=', 'permit.tenant_id')
    .whereRef('run.id', '=', 'permit.run_id')
    .where('run.status', '=', 'queued')
    .where('permit.status', '=', 'issued')
    .where(sql<boolean>`${parties} @> ${[...both]}::text[]`)
    .execute()
}
