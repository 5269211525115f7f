import { z } from '@hono/zod-openapi'
import { endDelegation } from '../../app/delegation/end-delegation.ts'
import { type DelegationView, listDelegations } from '../../app/delegation/list-delegations.ts'
import { setDelegation } from '../../app/delegation/set-delegation.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { Delegation, DelegationInput, DelegationList } from '../schemas/delegations.ts'

export const delegationRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/delegations',
    id: 'listDelegations',
    summary: 'Who is away or will be, and who votes in their stead, the soonest to end first',
    tag: 'approvals',
    scopes: ['read'],
    answers: DelegationList,
    handle: async ({ caller }) => ({ items: (await listDelegations(app, caller.tenantId)).map(asSent) }),
  }),
  operation({
    method: 'post',
    path: '/v1/delegations',
    id: 'setDelegation',
    summary: 'Somebody else votes in your stead for a while; needs the role approver, override or admin',
    tag: 'approvals',
    scopes: ['respond'],
    body: DelegationInput,
    status: 201,
    answers: Delegation,
    handle: async ({ caller, body }) => {
      const set = await setDelegation(app, caller, body)
      return isRejection(set) ? set : asSent(set)
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/delegations/{id}',
    id: 'endDelegation',
    summary: 'You are back before the time; an admin ends it for others',
    tag: 'approvals',
    scopes: ['respond'],
    status: 204,
    answers: z.void(),
    handle: async ({ caller, id }) => {
      const ended = await endDelegation(app, caller, id)
      return isRejection(ended) ? ended : undefined
    },
  }),
]

const asSent = ({ id, person, delegate, from, until, holds }: DelegationView) => ({
  id,
  person: { ...person },
  delegate: { ...delegate },
  from: from.toString(),
  until: until.toString(),
  holds,
})
