import { type PolicyExplained as Explained, explainPolicy } from '../../app/read/explain-policy.ts'
import { listPolicyVersions, readPolicyInForce } from '../../app/read/policy.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import { PolicyExplained, PolicyVersionView, PolicyView } from '../schemas/policy.ts'

export const policyRoutes = ({ app, files, tenantId }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/policy',
    id: 'getPolicy',
    summary: 'The policy in force, and what is wrong with a newer file',
    tag: 'governance',
    scopes: ['read'],
    answers: PolicyView,
    handle: async ({ caller }) => {
      const policy = await readPolicyInForce(app, caller.tenantId)
      // Files are watched for one tenant; another's policy has nothing to do with them.
      const state = caller.tenantId === tenantId ? files?.() : undefined
      return {
        ...policy,
        document: { ...policy.document },
        problems: [...(state?.problems ?? [])],
        warnings: [...(state?.warnings ?? [])],
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/policy/versions',
    id: 'listPolicyVersions',
    summary: 'Every policy that was in force, newest first',
    tag: 'governance',
    scopes: ['read'],
    query: pageQuery.strict(),
    answers: page(PolicyVersionView),
    handle: ({ caller, query }) => listPolicyVersions(app, caller.tenantId, query),
  }),
  operation({
    method: 'get',
    path: '/v1/runs/{id}/policy',
    id: 'explainRunPolicy',
    summary: 'What each rule said of a run when, and what it says now',
    tag: 'governance',
    scopes: ['read'],
    answers: PolicyExplained,
    handle: async ({ caller, id }) =>
      answered(id.startsWith('run-') ? await explainPolicy(app, caller.tenantId, id) : null, id),
  }),
  operation({
    method: 'get',
    path: '/v1/proposals/{id}/policy',
    id: 'explainProposalPolicy',
    summary: 'What each rule said of a proposal when, and what it says now',
    tag: 'governance',
    scopes: ['read'],
    answers: PolicyExplained,
    handle: async ({ caller, id }) =>
      answered(id.startsWith('run-') ? null : await explainPolicy(app, caller.tenantId, id), id),
  }),
]

const answered = (found: Explained | null, id: string) => {
  if (found === null) return notThere(id)
  const { outcome, quorum, approverRoles, requiredRoles, requiredGroups } = found.now.verdict
  return {
    ...found,
    now: {
      ...found.now,
      verdict: {
        outcome,
        quorum,
        approverRoles: [...approverRoles],
        requiredRoles: [...requiredRoles],
        requiredGroups: [...requiredGroups],
      },
    },
  }
}

const notThere = (id: string): Rejection =>
  reject(
    'not_found',
    `There is nothing called ${id}.`,
    'Open the incident to see what is proposed and what ran.',
  )
