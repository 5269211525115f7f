import { activeRunStatuses, isTerminal, type RunStatus } from '../../domain/run.ts'
import { stagesOf } from '../../domain/stages.ts'
import { placeInLine } from '../../domain/waiting-line.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { holdersOf, queuedRuns } from '../../storage/queue.repository.ts'
import { stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { progressOf } from '../show/progress.ts'

/** What goes on: what runs and how far it is, what waits and why, what ended lately, and what needs a person. */

export interface QueueRun {
  readonly id: string
  readonly incidentId: string
  readonly service: string
  readonly playbookTitle: string
  readonly status: RunStatus
  /** ISO 8601: since when it runs or waits, or when it ended. */
  readonly since: string
  readonly undoOf: string | null
  /** Of its playbook's, from 1; 1 of 1 where there is no gate. */
  readonly stage: number
  readonly stages: number
  readonly follows: string | null
  /** Why it ended as it did; may be empty. */
  readonly reason: string
}

export interface Running extends QueueRun {
  readonly done: number
  readonly total: number
  /** Title of the step that is under way; null between two. */
  readonly step: string | null
  readonly deadlineAt: string | null
}

export interface WaitingRun extends QueueRun {
  /** Of an approval that it waits for: its request. */
  readonly requestId: string | null
  readonly holders: { target: string; runId: string }[]
  /** Among those that want one of the same targets, 1 for the next; null while it waits for people. */
  readonly place: number | null
  readonly givesUpAt: string | null
}

export interface Queue {
  readonly running: Running[]
  readonly waiting: WaitingRun[]
  /** Newest first. */
  readonly ended: QueueRun[]
  /** Ended `unknown` and nobody has looked, or could not be undone and its incident waits for somebody. */
  readonly needsPerson: QueueRun[]
}

/** A page of the console shows so many of each. */
const most = 50
const mostEnded = 20
const endedWithin = { hours: 24 }

export const readQueue = (app: App, tenantId: string): Promise<Queue> =>
  inTenant(app.store, tenantId, async (tx) => {
    const [active, pending, ended, needsPerson] = await Promise.all([
      runsBy(tx).where('run.status', 'in', activeRunStatuses).orderBy('run.started_at').limit(most).execute(),
      runsBy(tx)
        .where('run.status', 'in', ['queued', 'pending_approval'])
        .orderBy('run.status', 'desc')
        .orderBy('run.created_at')
        .limit(most)
        .execute(),
      runsBy(tx)
        .where('run.finished_at', '>', tx.now.subtract(endedWithin))
        .orderBy('run.finished_at', 'desc')
        .limit(mostEnded)
        .execute(),
      readNeedsPerson(tx),
    ])
    return {
      running: await Promise.all(active.map((row) => runningOf(app, tx, row))),
      waiting: await waitingOf(tx, pending),
      ended: ended.map(viewOf),
      needsPerson,
    }
  })

export const needsPersonNow = (app: App, tenantId: string): Promise<QueueRun[]> =>
  inTenant(app.store, tenantId, readNeedsPerson, { readOnly: true })

const readNeedsPerson = async (tx: Tx): Promise<QueueRun[]> => {
  const rows = await runsBy(tx)
    .innerJoin('incident', (join) =>
      join.onRef('incident.tenant_id', '=', 'run.tenant_id').onRef('incident.id', '=', 'run.incident_id'),
    )
    .where((eb) =>
      eb.or([
        eb.and([eb('run.status', '=', 'unknown'), eb('run.resolution', 'is', null)]),
        eb.and([eb('run.status', '=', 'rollback_failed'), eb('incident.status', '=', 'escalated')]),
      ]),
    )
    .orderBy('run.finished_at', 'desc')
    .limit(most)
    .execute()
  return rows.map(viewOf)
}

const runsBy = (tx: Tx) =>
  tx.db
    .selectFrom('run')
    .innerJoin('proposal', (join) =>
      join.onRef('proposal.tenant_id', '=', 'run.tenant_id').onRef('proposal.id', '=', 'run.proposal_id'),
    )
    .select([
      'run.id',
      'run.incident_id',
      'run.status',
      'run.reason',
      'run.undo_of',
      'run.stage',
      'run.follows',
      'run.created_at',
      'run.queued_at',
      'run.started_at',
      'run.finished_at',
      'run.deadline_at',
      'proposal.body',
      'proposal.playbook_digest',
    ])
    .where('run.tenant_id', '=', tx.tenantId)

type Row = Awaited<ReturnType<ReturnType<typeof runsBy>['execute']>>[number]

const viewOf = (row: Row): QueueRun => ({
  id: row.id,
  incidentId: row.incident_id,
  service: row.body.service,
  playbookTitle: row.body.playbookTitle,
  status: row.status,
  since: (row.finished_at ?? row.started_at ?? row.queued_at ?? row.created_at).toString(),
  undoOf: row.undo_of,
  stage: row.stage + 1,
  stages: stagesOf(row.body.plan).length,
  follows: row.follows,
  reason: isTerminal(row.status) ? row.reason : '',
})

const runningOf = async (app: App, tx: Tx, row: Row): Promise<Running> => {
  const { steps, done, total } = await progressOf(app, tx, row, await stepsOfRun(tx, row.id), row)
  return {
    ...viewOf(row),
    done,
    total,
    step: steps.find(({ mark }) => mark === 'running')?.title ?? null,
    deadlineAt: row.deadline_at?.toString() ?? null,
  }
}

const waitingOf = async (tx: Tx, rows: readonly Row[]): Promise<WaitingRun[]> => {
  const queued = await queuedRuns(tx)
  const holders = await holdersOf(tx, [...new Set(queued.flatMap(({ targets }) => targets))])
  const requests = await requestsOf(tx, rows)
  return rows.map((row): WaitingRun => {
    const own = queued.find(({ id }) => id === row.id)
    const request = requests.find(({ run_id }) => run_id === row.id)
    return {
      ...viewOf(row),
      requestId: row.status === 'pending_approval' ? (request?.id ?? null) : null,
      holders: holders.filter(({ target, runId }) => runId !== row.id && own?.targets.includes(target)),
      place: own === undefined ? null : placeInLine(own, queued),
      givesUpAt: (own?.givesUpAt ?? request?.expires_at ?? null)?.toString() ?? null,
    }
  })
}

const requestsOf = async (tx: Tx, rows: readonly Row[]) =>
  rows.length === 0
    ? []
    : tx.db
        .selectFrom('approval_request')
        .select(['id', 'run_id', 'expires_at'])
        .where('tenant_id', '=', tx.tenantId)
        .where('status', '=', 'pending')
        .where(
          'run_id',
          'in',
          rows.map(({ id }) => id),
        )
        .execute()
