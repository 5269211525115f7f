import { isRejection, type Rejection } from '../../domain/rejection.ts'
import type { RunCause, RunStatus } from '../../domain/run.ts'
import { stepsOfStage } from '../../domain/stages.ts'
import type { StepPhase, StepStatus } from '../../domain/step.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { stagesInPlan } from '../../storage/plan-columns.ts'
import { stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { progressOf } from '../show/progress.ts'
import { cut, type Page, type PageRequest, readSeq, readTimeKey, writeTimeKey } from './page.ts'
import type { PersonRef } from './people.ts'

export interface RunView {
  readonly id: string
  readonly incidentId: string
  readonly proposalId: string
  readonly service: string
  readonly playbook: string
  readonly playbookTitle: string
  readonly status: RunStatus
  readonly cause: RunCause | null
  readonly reason: string
  readonly requester: PersonRef
  readonly approvers: PersonRef[]
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly deadlineAt: string | null
  readonly undoOf: string | null
  /** Of its playbook's, from 1; 1 of 1 where there is no gate. */
  readonly stage: number
  readonly stages: number
  /** The run of the stage before. */
  readonly follows: string | null
  readonly resolution: string | null
}

export interface StepView {
  readonly stepId: string
  readonly phase: StepPhase
  readonly title: string
  readonly status: StepStatus
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly summary: string
  readonly outputTail: string
}

export interface RunDetail extends RunView {
  readonly steps: StepView[]
  readonly stepsPlanned: number
  /** Steps and checks that succeeded, and all there are, one a target. */
  readonly done: number
  readonly total: number
}

export interface LogLine {
  readonly seq: number
  readonly stepId: string
  readonly stream: string
  readonly text: string
  readonly at: string
}

export interface RunFilter extends PageRequest {
  readonly incident?: string | undefined
  readonly status?: RunStatus | undefined
}

const runsWithProposal = (tx: Tx) =>
  tx.db
    .selectFrom('run')
    .innerJoin('proposal', (join) =>
      join.onRef('proposal.tenant_id', '=', 'run.tenant_id').onRef('proposal.id', '=', 'run.proposal_id'),
    )
    .select((eb) => [
      'run.id',
      'run.incident_id',
      'run.proposal_id',
      'run.status',
      'run.cause',
      'run.reason',
      'run.requester_id',
      'run.created_at',
      'run.started_at',
      'run.finished_at',
      'run.deadline_at',
      'run.undo_of',
      'run.stage',
      'run.follows',
      'run.resolution',
      'proposal.playbook',
      eb.ref('proposal.body', '->>').key('playbookTitle').as('title'),
      eb.ref('proposal.body', '->>').key('service').as('service'),
      stagesInPlan.as('stages'),
    ])
    .where('run.tenant_id', '=', tx.tenantId)

type Row = Awaited<ReturnType<ReturnType<typeof runsWithProposal>['execute']>>[number]

/** Newest first. */
export const listRuns = async (
  app: App,
  tenantId: string,
  filter: RunFilter,
): Promise<Page<RunView> | Rejection> => {
  const from = readTimeKey(filter.after)
  if (isRejection(from)) return from
  return inTenant(app.store, tenantId, async (tx) => {
    let query = runsWithProposal(tx)
    if (filter.incident !== undefined) query = query.where('run.incident_id', '=', filter.incident)
    if (filter.status !== undefined) query = query.where('run.status', '=', filter.status)
    if (from !== null)
      query = query.where((eb) =>
        eb(eb.refTuple('run.created_at', 'run.id'), '<', eb.tuple(from.at, from.id)),
      )
    const rows = await query
      .orderBy('run.created_at', 'desc')
      .orderBy('run.id', 'desc')
      .limit(filter.limit + 1)
      .execute()
    const viewOf = await viewerOf(tx, rows)
    return cut(
      rows,
      filter.limit,
      (shown) => shown.map(viewOf),
      (row) => writeTimeKey({ at: row.created_at, id: row.id }),
    )
  })
}

/** Approvers and names of a whole page in two queries. */
const viewerOf = async (tx: Tx, rows: readonly Row[]): Promise<(row: Row) => RunView> => {
  const votes = await approvalsOf(
    tx,
    rows.map((row) => row.id),
  )
  const refOf = await namesOf(tx, [
    ...rows.map((row) => row.requester_id),
    ...votes.map((vote) => vote.person_id),
  ])
  return (row) => ({
    id: row.id,
    incidentId: row.incident_id,
    proposalId: row.proposal_id,
    service: row.service,
    playbook: row.playbook,
    playbookTitle: row.title,
    status: row.status,
    cause: row.cause,
    reason: row.reason,
    requester: refOf(row.requester_id),
    approvers: votes.filter((vote) => vote.run_id === row.id).map((vote) => refOf(vote.person_id)),
    createdAt: row.created_at.toString(),
    startedAt: row.started_at?.toString() ?? null,
    finishedAt: row.finished_at?.toString() ?? null,
    deadlineAt: row.deadline_at?.toString() ?? null,
    undoOf: row.undo_of,
    stage: row.stage + 1,
    stages: row.stages,
    follows: row.follows,
    resolution: row.resolution,
  })
}

const approvalsOf = async (
  tx: Tx,
  runIds: readonly string[],
): Promise<{ run_id: string; person_id: string }[]> =>
  runIds.length === 0
    ? []
    : tx.db
        .selectFrom('approval_request')
        .innerJoin('approval_decision', (join) =>
          join
            .onRef('approval_decision.tenant_id', '=', 'approval_request.tenant_id')
            .onRef('approval_decision.request_id', '=', 'approval_request.id'),
        )
        .select(['approval_request.run_id', 'approval_decision.person_id'])
        .where('approval_request.tenant_id', '=', tx.tenantId)
        .where('approval_request.run_id', 'in', runIds)
        .where('approval_decision.decision', '=', 'approve')
        .orderBy('approval_decision.decided_at')
        .execute()

export const readRunView = (app: App, tenantId: string, id: string): Promise<RunView | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await runsWithProposal(tx).where('run.id', '=', id).executeTakeFirst()
    return row === undefined ? null : (await viewerOf(tx, [row]))(row)
  })

export const readRun = (app: App, tenantId: string, id: string): Promise<RunDetail | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await runsWithProposal(tx).where('run.id', '=', id).executeTakeFirst()
    if (row === undefined) return null
    const viewOf = await viewerOf(tx, [row])
    const proposal = await tx.db
      .selectFrom('proposal')
      .select(['body', 'playbook_digest'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', row.proposal_id)
      .executeTakeFirstOrThrow()
    const steps = await stepsOfRun(tx, id)
    const { done, total } = await progressOf(app, tx, proposal, steps, row)
    return {
      ...viewOf(row),
      stepsPlanned: stepsOfStage(proposal.body.plan, row.stage).length,
      done,
      total,
      steps: steps.map((step) => ({
        stepId: step.step_id,
        phase: step.phase,
        title: step.title,
        status: step.status,
        startedAt: step.started_at.toString(),
        finishedAt: step.finished_at?.toString() ?? null,
        summary: step.summary,
        outputTail: step.output_tail,
      })),
    }
  })

/** The full log, oldest first; null when there is no such run. `after` is a line's `seq`, so a live view goes on from its last line. */
export const readRunLog = async (
  app: App,
  tenantId: string,
  runId: string,
  page: PageRequest,
): Promise<Page<LogLine> | Rejection | null> => {
  const from = readSeq(page.after)
  if (isRejection(from)) return from
  return inTenant(app.store, tenantId, async (tx) => {
    const run = await tx.db
      .selectFrom('run')
      .select('id')
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', runId)
      .executeTakeFirst()
    if (run === undefined) return null
    const rows = await tx.db
      .selectFrom('run_log')
      .select(['seq', 'step_id', 'stream', 'body', 'at'])
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', runId)
      .where('seq', '>', from)
      .orderBy('seq')
      .limit(page.limit + 1)
      .execute()
    return cut(
      rows,
      page.limit,
      (shown) =>
        shown.map((row) => ({
          seq: row.seq,
          stepId: row.step_id,
          stream: row.stream,
          text: row.body,
          at: row.at.toString(),
        })),
      (row) => String(row.seq),
    )
  })
}
