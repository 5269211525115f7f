import type { Selectable, Updateable } from 'kysely'
import { mayMoveRun, type RunStatus } from '../domain/run.ts'
import type { Tx } from './database.ts'
import type {
  ApprovalRequestTable,
  PermitTable,
  ProposalTable,
  RunTable,
  StepExecutionTable,
} from './run.table.ts'

export type RunRow = Selectable<RunTable>
export type ProposalRow = Selectable<ProposalTable>
export type ApprovalRequestRow = Selectable<ApprovalRequestTable>
export type PermitRow = Selectable<PermitTable>
export type StepRow = Selectable<StepExecutionTable>

export const lockRun = (tx: Tx, id: string): Promise<RunRow | undefined> =>
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

export const findProposal = (tx: Tx, id: string): Promise<ProposalRow | undefined> =>
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
