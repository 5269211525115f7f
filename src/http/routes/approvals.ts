import { z } from '@hono/zod-openapi'
import { decideApproval } from '../../app/approval/decide-approval.ts'
import { requestRun } from '../../app/approval/request-run.ts'
import { click } from '../../app/click.ts'
import { listApprovals, readApproval } from '../../app/read/approvals.ts'
import { readProposal } from '../../app/read/proposal.ts'
import { approvalStatuses } from '../../domain/approval.ts'
import { isRejection, reject } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import {
  ApprovalView,
  ClickInput,
  ClickResult,
  DecisionInput,
  DecisionResult,
  ProposalView,
  Requested,
} from '../schemas/run.ts'

const approvalQuery = pageQuery.extend({ status: z.enum(approvalStatuses).optional() }).strict()

export const approvalRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/approvals',
    id: 'listApprovals',
    summary: 'Requests for approval, newest first',
    tag: 'approvals',
    scopes: ['read'],
    query: approvalQuery,
    answers: page(ApprovalView),
    handle: ({ caller, query }) => listApprovals(app, caller.tenantId, query),
  }),
  operation({
    method: 'get',
    path: '/v1/approvals/{id}',
    id: 'getApproval',
    summary: 'A request for approval with its votes',
    tag: 'approvals',
    scopes: ['read'],
    answers: ApprovalView,
    handle: async ({ caller, id }) =>
      (await readApproval(app, caller.tenantId, id)) ??
      reject('not_found', `There is no approval request ${id}.`, 'List approvals to see their ids.'),
  }),
  operation({
    method: 'post',
    path: '/v1/approvals/{id}/decisions',
    id: 'decideApproval',
    summary: 'Votes; the quorum reached, the run is queued in the same commit',
    tag: 'approvals',
    scopes: ['approve'],
    body: DecisionInput,
    answers: DecisionResult,
    handle: async ({ caller, id, body }) => {
      const decided = await decideApproval(app, caller, { requestId: id, ...body })
      return isRejection(decided) ? decided : { status: decided.status, approvals: decided.approvals }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/proposals/{id}',
    id: 'getProposal',
    summary: 'A proposal with what it would do and what policy says of it',
    tag: 'approvals',
    scopes: ['read'],
    answers: ProposalView,
    handle: async ({ caller, id }) =>
      (await readProposal(app, caller.tenantId, id)) ??
      reject('not_found', `There is no proposal ${id}.`, 'Open the incident to see what is proposed.'),
  }),
  operation({
    method: 'post',
    path: '/v1/proposals/{id}/requests',
    id: 'requestRun',
    summary: 'Asks for a proposal to be run; whoever asks cannot approve it',
    tag: 'approvals',
    scopes: ['respond'],
    status: 201,
    answers: Requested,
    handle: ({ caller, id }) => requestRun(app, caller, id),
  }),
  operation({
    method: 'post',
    path: '/v1/clicks',
    id: 'click',
    summary: "A card's button. A refusal is answered 200 with `done` false, in words for whoever pressed",
    tag: 'approvals',
    // A button may be a vote, and its token does not tell before it is looked up.
    // What the button means decides which scope it needs; the use case checks it.
    scopes: ['read'],
    body: ClickInput,
    answers: ClickResult,
    handle: async ({ caller, body }) => ({ ...(await click(app, caller, body.token, body.note)) }),
  }),
]
