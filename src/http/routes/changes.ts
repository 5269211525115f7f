import { z } from '@hono/zod-openapi'
import { changeView, listChanges } from '../../app/read/changes.ts'
import { recordChange } from '../../app/record-change.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { ChangeInput, ChangeView } from '../schemas/change.ts'
import { page, pageQuery } from '../schemas/common.ts'

const changeQuery = pageQuery.extend({ service: z.string().max(200).optional() }).strict()

export const changeRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/changes',
    id: 'listChanges',
    summary: 'Changes of services, newest first, with the runs of Suture among them',
    tag: 'changes',
    scopes: ['read'],
    query: changeQuery,
    answers: page(ChangeView),
    handle: ({ caller, query }) => listChanges(app, caller.tenantId, query),
  }),
  operation({
    method: 'post',
    path: '/v1/changes',
    id: 'recordChange',
    summary: 'Says that a service was changed, so that the next incident is told of it',
    tag: 'changes',
    scopes: ['respond'],
    body: ChangeInput,
    status: 201,
    answers: ChangeView,
    handle: async ({ caller, body: { at, ...body } }) => {
      const change = await recordChange(app, caller, {
        ...body,
        at: at === undefined ? undefined : Temporal.Instant.from(at),
      })
      return isRejection(change) ? change : changeView(change)
    },
  }),
]
