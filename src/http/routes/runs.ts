import { z } from '@hono/zod-openapi'
import { readQueue } from '../../app/read/queue.ts'
import { listRuns, readRun, readRunLog, readRunView } from '../../app/read/runs.ts'
import { cancelRun } from '../../app/run/cancel-run.ts'
import { resolveRun } from '../../app/run/resolve-run.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { runStatuses } from '../../domain/run.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import { LogLine, QueueView, ResolutionInput, RunDetail, RunView } from '../schemas/run.ts'

const runQuery = pageQuery
  .extend({ incident: z.string().max(100).optional(), status: z.enum(runStatuses).optional() })
  .strict()

const noRun = (id: string): Rejection =>
  reject('not_found', `There is no run ${id}.`, 'List runs to see their ids.')

export const runRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/runs',
    id: 'listRuns',
    summary: 'Runs, newest first',
    tag: 'runs',
    scopes: ['read'],
    query: runQuery,
    answers: page(RunView),
    handle: ({ caller, query }) => listRuns(app, caller.tenantId, query),
  }),
  operation({
    method: 'get',
    path: '/v1/queue',
    id: 'getQueue',
    summary: 'What runs and how far it is, what waits and why, what ended lately, what needs a person',
    tag: 'runs',
    scopes: ['read'],
    answers: QueueView,
    handle: ({ caller }) => readQueue(app, caller.tenantId),
  }),
  operation({
    method: 'get',
    path: '/v1/runs/{id}',
    id: 'getRun',
    summary: 'A run with its steps',
    tag: 'runs',
    scopes: ['read'],
    answers: RunDetail,
    handle: async ({ caller, id }) => (await readRun(app, caller.tenantId, id)) ?? noRun(id),
  }),
  operation({
    method: 'get',
    path: '/v1/runs/{id}/log',
    id: 'getRunLog',
    summary: 'The full log, oldest first; `after` is the `seq` of the last line seen',
    tag: 'runs',
    scopes: ['read'],
    query: pageQuery.strict(),
    answers: page(LogLine),
    handle: async ({ caller, id, query }) => (await readRunLog(app, caller.tenantId, id, query)) ?? noRun(id),
  }),
  operation({
    method: 'post',
    path: '/v1/runs/{id}/cancel',
    id: 'cancelRun',
    summary: 'Stops a run; what it did is undone',
    tag: 'runs',
    scopes: ['respond'],
    status: 202,
    answers: RunView,
    handle: async ({ caller, id }) => {
      const canceled = await cancelRun(app, caller, id)
      return isRejection(canceled) ? canceled : ((await readRunView(app, caller.tenantId, id)) ?? noRun(id))
    },
  }),
  operation({
    method: 'post',
    path: '/v1/runs/{id}/resolution',
    id: 'resolveRun',
    summary: 'Says what a run that ended `unknown` did, which frees its targets, or has it undone',
    tag: 'runs',
    scopes: ['approve'],
    body: ResolutionInput,
    answers: RunView,
    handle: async ({ caller, id, body }) => {
      const resolved = await resolveRun(app, caller, { runId: id, ...body })
      return isRejection(resolved) ? resolved : ((await readRunView(app, caller.tenantId, id)) ?? noRun(id))
    },
  }),
]
