import { z } from '@hono/zod-openapi'
import { liftFreeze } from '../../app/freeze/lift-freeze.ts'
import { setFreeze } from '../../app/freeze/set-freeze.ts'
import { listFreezes, readWindows, type WindowsView } from '../../app/read/calendar.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { FreezeInput, FreezeList, FreezeSet, WindowsList, WindowsQuery } from '../schemas/calendar.ts'

export const calendarRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/freezes',
    id: 'listFreezes',
    summary: 'What is frozen now or will be, the soonest to end first',
    tag: 'calendar',
    scopes: ['read'],
    answers: FreezeList,
    handle: async ({ caller }) => ({ items: await listFreezes(app, caller.tenantId) }),
  }),
  operation({
    method: 'post',
    path: '/v1/freezes',
    id: 'setFreeze',
    summary: 'Lets nothing begin until then, whoever has approved it; needs the role override or admin',
    tag: 'calendar',
    scopes: ['respond'],
    body: FreezeInput,
    status: 201,
    answers: FreezeSet,
    handle: async ({ caller, body }) => {
      const set = await setFreeze(app, caller, body)
      if (isRejection(set)) return set
      const { id, what, from, until, reason, zone, told } = set
      return { id, what, from: from.toString(), until: until.toString(), reason, timeZone: zone, told }
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/freezes/{id}',
    id: 'liftFreeze',
    summary: 'Lifts a freeze before its end; needs the role override or admin',
    tag: 'calendar',
    scopes: ['respond'],
    status: 204,
    answers: z.void(),
    handle: async ({ caller, id }) => {
      const lifted = await liftFreeze(app, caller, id)
      return isRejection(lifted) ? lifted : undefined
    },
  }),
  operation({
    method: 'get',
    path: '/v1/windows',
    id: 'listWindows',
    summary: 'Change windows of services, in order of name: open or not, and until when',
    tag: 'calendar',
    scopes: ['read'],
    query: WindowsQuery,
    answers: WindowsList,
    handle: async ({ caller, query }) => {
      const windows = await readWindows(app, caller.tenantId, query)
      return isRejection(windows) ? windows : { items: windows.items.map(asSent), next: windows.next }
    },
  }),
]

const asSent = ({ windows, besides, ...each }: WindowsView) => ({
  ...each,
  windows: [...windows],
  besides: [...besides],
})
