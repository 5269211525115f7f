import { z } from '@hono/zod-openapi'
import { decideApproval } from '../../app/approval/decide-approval.ts'
import { requestRun } from '../../app/approval/request-run.ts'
import { revokeApproval } from '../../app/approval/revoke-approval.ts'
import { click } from '../../app/click.ts'
import { editProposal } from '../../app/proposal/edit-proposal.ts'
import { readApprovalSignals } from '../../app/read/approval-signals.ts'
import { listApprovals, readApproval } from '../../app/read/approvals.ts'
import { readProposal } from '../../app/read/proposal.ts'
import { approvalStatuses } from '../../domain/approval.ts'
import { isRejection, reject } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { ApprovalSignals } from '../schemas/approval-signals.ts'
import { page, pageQuery } from '../schemas/common.ts'
import {
  ApprovalView,
  ClickInput,
  ClickResult,
  DecisionInput,
  DecisionResult,
  Edited,
  EditInput,
  OverrideInput,
  ProposalView,
  Requested,
  RevocationInput,
  Revoked,
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
    path: '/v1/approvals/signals',
    id: 'getApprovalSignals',
    summary:
      'Approvals of the last 30 days that look like rubber stamps: rushed ones, and pairs that approve each other',
    tag: 'approvals',
    scopes: ['read'],
    answers: ApprovalSignals,
    handle: ({ caller }) => readApprovalSignals(app, caller.tenantId),
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
    method: 'post',
    path: '/v1/approvals/{id}/revocations',
    id: 'revokeApproval',
    summary: 'Takes the own approval back, as long as the run has not begun',
    tag: 'approvals',
    scopes: ['approve'],
    body: RevocationInput,
    answers: Revoked,
    handle: ({ caller, id, body }) => revokeApproval(app, caller, id, body.reason),
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
    path: '/v1/proposals/{id}/overrides',
    id: 'requestOverride',
    summary:
      'Asks that one run be let past what refuses it now; somebody else with the role override approves',
    tag: 'approvals',
    scopes: ['respond'],
    status: 201,
    body: OverrideInput,
    answers: Requested,
    handle: ({ caller, id, body }) => requestRun(app, caller, id, { override: body }),
  }),
  operation({
    method: 'post',
    path: '/v1/proposals/{id}/edits',
    id: 'editProposal',
    summary: 'Other values for its parameters: a new proposal, requested by whoever edits; votes start anew',
    tag: 'approvals',
    scopes: ['respond'],
    status: 201,
    body: EditInput,
    bounded: 'parameters',
    answers: Edited,
    handle: ({ caller, id, body }) => editProposal(app, caller, id, body.parameters),
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
    handle: async ({ caller, body }) => ({
      ...(await click(app, caller, body.token, body.note, null, body.answers)),
    }),
  }),
]
