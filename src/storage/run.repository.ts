import { type Insertable, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
import { mayMoveRun, type RunStatus } from '../domain/run.ts'
import type { IdOrQuery, Tx } from './database.ts'
import { gathering, rowsAsJson } from './gathering.ts'
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

export const lockRuns = async (tx: Tx, ids: readonly string[]): Promise<RunRow[]> =>
  (
    await sql<RunRow>`select * from run where tenant_id = ${tx.tenantId} and id = any(${[...ids]}::text[])
      order by id for update`.execute(tx.db)
  ).rows

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
  const moved = await updateRun(tx, { ...more, id: run.id, status: to, version: run.version + 1 })
  if (moved === undefined)
    throw new Error(`${run.id} was changed by somebody else (expected version ${run.version})`)
  return moved
}

type RunChange = Updateable<RunTable> & { readonly id: string; readonly version: number }

const columnsOf = (change: RunChange): string[] =>
  Object.entries(change)
    .flatMap(([column, value]) => (value === undefined ? [] : [column]))
    .sort()

/** Undefined where the version is another one. Those that change the same columns go in one statement. */
const updateRun = gathering<RunChange, RunRow | undefined>(async (tx, changes) => {
  const alike = [...Map.groupBy(changes, (change) => columnsOf(change).join()).values()]
  const moved = (await Promise.all(alike.map((some) => updateRuns(tx, some)))).flat()
  return changes.map(({ id }) => moved.find((run) => run.id === id))
})

const updateRuns = async (tx: Tx, changes: readonly RunChange[]): Promise<RunRow[]> => {
  const columns = changes.slice(0, 1).flatMap(columnsOf)
  const set = sql.join(columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`new.${column}`)}`))
  const { rows } = await sql<RunRow>`update run set ${set}
    from jsonb_populate_recordset(null::run, ${rowsAsJson(changes)}::jsonb) as new
    where run.tenant_id = ${tx.tenantId} and run.id = new.id and run.version = new.version - 1
    returning run.*`.execute(tx.db)
  return rows
}

export const findProposal = (tx: Tx, id: IdOrQuery): Promise<ProposalRow | undefined> =>
  tx.db
    .selectFrom('proposal')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()

export const stepsOfRun = gathering<string, StepRow[]>(
  async (tx, runIds) => {
    const { rows } =
      await sql<StepRow>`select * from step_execution where tenant_id = ${tx.tenantId} and run_id = any(${[...runIds]}::text[])
    order by started_at, position`.execute(tx.db)
    return runIds.map((id) => rows.filter((row) => row.run_id === id))
  },
  { afterWrites: true },
)

/** Says how it ended; one that has a result already keeps it. */
export const endStep = gathering<
  {
    readonly runId: string
    readonly stepId: string
    readonly phase: string
    readonly status: string
    readonly summary: string
    readonly tail: string
  },
  void
>(async (tx, ended) => {
  const of = (value: (each: (typeof ended)[number]) => string) => sql`${ended.map(value)}::text[]`
  await sql`update step_execution set status = done.status, finished_at = ${tx.now}::timestamptz, summary = done.summary, output_tail = done.tail
    from unnest(${of((each) => each.runId)}, ${of((each) => each.stepId)}, ${of((each) => each.phase)}, ${of((each) => each.status)},
      ${of((each) => each.summary)}, ${of((each) => each.tail)}) as done (run_id, step_id, phase, status, summary, tail)
    where step_execution.tenant_id = ${tx.tenantId} and step_execution.run_id = done.run_id and step_execution.step_id = done.step_id
      and step_execution.phase = done.phase and step_execution.status = 'intent'`.execute(tx.db)
  return ended.map(() => undefined)
})

/** Rows of looks, which unlike effects may be taken again: a row that stands is overwritten, its start too when it begins anew. */
export const writeCheckSteps = async (
  tx: Tx,
  rows: readonly Insertable<StepExecutionTable>[],
  begins: boolean,
): Promise<void> => (begins ? beginChecks : noteChecks)(tx, rows)

type StepsToPut = readonly Insertable<StepExecutionTable>[]

const putChecks = async (tx: Tx, all: readonly StepsToPut[], also: RawBuilder<unknown>): Promise<void[]> => {
  await sql`insert into step_execution (tenant_id, run_id, step_id, phase, position, title, status, fencing_token, started_at, finished_at, summary)
    select ${tx.tenantId}, run_id, step_id, phase, position, title, status, fencing_token, started_at, finished_at, summary
    from jsonb_populate_recordset(null::step_execution, ${rowsAsJson(all.flat())}::jsonb)
    on conflict (tenant_id, run_id, step_id, phase) do update set status = excluded.status, finished_at = excluded.finished_at,
      summary = excluded.summary, fencing_token = excluded.fencing_token ${also}`.execute(tx.db)
  return all.map(() => undefined)
}

const beginChecks = gathering<StepsToPut, void>((tx, all) =>
  putChecks(tx, all, sql`, started_at = excluded.started_at`),
)
const noteChecks = gathering<StepsToPut, void>((tx, all) => putChecks(tx, all, sql``))

/** What is about to be done; undefined where that has a result already, which is never overwritten. */
export const putIntent = gathering<Insertable<StepExecutionTable>, StepRow | undefined>(
  async (tx, intents) => {
    const { rows } =
      await sql<StepRow>`insert into step_execution (tenant_id, run_id, step_id, phase, position, title, status, fencing_token, started_at)
    select ${tx.tenantId}, run_id, step_id, phase, position, title, status, fencing_token, started_at
    from jsonb_populate_recordset(null::step_execution, ${rowsAsJson(intents)}::jsonb)
    -- Only an intent whose effect is known not to have happened is ever meant again.
    on conflict (tenant_id, run_id, step_id, phase) do update set fencing_token = excluded.fencing_token, started_at = excluded.started_at
      where step_execution.status = 'intent'
    returning *`.execute(tx.db)
    return intents.map(({ run_id, step_id, phase }) =>
      rows.find((row) => row.run_id === run_id && row.step_id === step_id && row.phase === phase),
    )
  },
)

export const permitOfRun = gathering<string, PermitRow | undefined>(async (tx, runIds) => {
  const { rows } =
    await sql<PermitRow>`select * from permit where tenant_id = ${tx.tenantId} and run_id = any(${[...runIds]}::text[])
    order by run_id for update`.execute(tx.db)
  return runIds.map((id) => rows.find((row) => row.run_id === id))
})

/** Its one use. */
export const usePermit = gathering<string, void>(async (tx, runIds) => {
  await sql`update permit set status = 'used', used_at = ${tx.now}::timestamptz
    where tenant_id = ${tx.tenantId} and run_id = any(${[...runIds]}::text[]) and status = 'issued'`.execute(
    tx.db,
  )
  return runIds.map(() => undefined)
})

export const requestOfRun = gathering<string, ApprovalRequestRow | undefined>(async (tx, runIds) => {
  const { rows } =
    await sql<ApprovalRequestRow>`select * from approval_request where tenant_id = ${tx.tenantId}
    and run_id = any(${[...runIds]}::text[])`.execute(tx.db)
  return runIds.map((id) => rows.find((row) => row.run_id === id))
})

export const proposalOfRun = gathering<string, ProposalRow | undefined>(async (tx, runIds) => {
  const { rows } = await sql<
    ProposalRow & { readonly of_run: string }
  >`select proposal.*, run.id as of_run from run
    join proposal on proposal.tenant_id = run.tenant_id and proposal.id = run.proposal_id
    where run.tenant_id = ${tx.tenantId} and run.id = any(${[...runIds]}::text[])`.execute(tx.db)
  return runIds.map((id) => rows.find((row) => row.of_run === id))
})

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
