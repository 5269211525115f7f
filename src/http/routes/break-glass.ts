import { z } from '@hono/zod-openapi'
import { endBreakGlass } from '../../app/break-glass/end.ts'
import { openBreakGlass } from '../../app/break-glass/open.ts'
import { reviewBreakGlass } from '../../app/break-glass/review.ts'
import { listBreakGlasses } from '../../app/read/break-glass.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { BreakGlassInput, BreakGlassView, ReviewInput } from '../schemas/break-glass.ts'

export const breakGlassRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/break-glass',
    id: 'listBreakGlass',
    summary: 'Broken glasses, newest first: open, over and not reviewed, reviewed',
    tag: 'governance',
    scopes: ['read'],
    answers: z.object({ items: z.array(BreakGlassView) }),
    handle: async ({ caller }) => ({ items: await listBreakGlasses(app, caller.tenantId) }),
  }),
  operation({
    method: 'post',
    path: '/v1/break-glass',
    id: 'openBreakGlass',
    summary: 'Breaks the glass for a service or all, for 5 minutes to 4 hours, with a reason',
    tag: 'governance',
    scopes: ['admin'],
    body: BreakGlassInput,
    status: 201,
    answers: BreakGlassView,
    handle: ({ caller, body: { service, minutes, reason } }) =>
      openBreakGlass(app, caller, { service, reason, forMs: minutes * 60_000 }),
  }),
  operation({
    method: 'post',
    path: '/v1/break-glass/{id}/end',
    id: 'endBreakGlass',
    summary: 'Ends it before its time is up',
    tag: 'governance',
    scopes: ['respond'],
    answers: BreakGlassView,
    handle: ({ caller, id }) => endBreakGlass(app, caller, id),
  }),
  operation({
    method: 'post',
    path: '/v1/break-glass/{id}/review',
    id: 'reviewBreakGlass',
    summary: 'Says what somebody else saw who looked at what was done; modes hold again as they are set',
    tag: 'governance',
    scopes: ['approve'],
    body: ReviewInput,
    answers: BreakGlassView,
    handle: ({ caller, id, body: { note } }) => reviewBreakGlass(app, caller, id, note),
  }),
]
