import { z } from '@hono/zod-openapi'
import { postMessage } from '../../app/post-message.ts'
import { listChannels } from '../../app/read/channels.ts'
import { readIncident } from '../../app/read/incident.ts'
import { listIncidents } from '../../app/read/incidents.ts'
import { readPostmortem } from '../../app/read/postmortem.ts'
import { type ThreadItem as ReadItem, readThread } from '../../app/read/thread.ts'
import { readTimeline } from '../../app/read/timeline.ts'
import { chartsOf } from '../../domain/card.ts'
import { incidentStatuses } from '../../domain/incident.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { layoutOf } from '../../message/chart/layout.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import {
  ChannelView,
  IncidentDetail,
  IncidentView,
  MessageInput,
  PostmortemView,
  ThreadItem,
  TimelineEntry,
} from '../schemas/incident.ts'

const incidentQuery = pageQuery
  .extend({
    status: z.enum(incidentStatuses).optional(),
    service: z.string().max(200).optional(),
    channel: z.string().max(80).optional(),
  })
  .strict()

const noIncident = (id: string): Rejection =>
  reject('not_found', `There is no incident ${id}.`, 'List incidents to see their ids.')

const asFile = ({ fileName, markdown }: PostmortemView): Response =>
  new Response(markdown, {
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  })

export const incidentRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/channels',
    id: 'listChannels',
    summary: 'Channels with their services; `total` counts the last 30 days',
    tag: 'incidents',
    scopes: ['read'],
    answers: z.object({ items: z.array(ChannelView) }),
    handle: async ({ caller }) => ({ items: await listChannels(app, caller.tenantId) }),
  }),
  operation({
    method: 'get',
    path: '/v1/incidents',
    id: 'listIncidents',
    summary: 'Incidents, newest first',
    tag: 'incidents',
    scopes: ['read'],
    query: incidentQuery,
    answers: page(IncidentView),
    handle: ({ caller, query }) => listIncidents(app, caller.tenantId, query),
  }),
  operation({
    method: 'get',
    path: '/v1/incidents/{id}',
    id: 'getIncident',
    summary: 'An incident with its alerts, evidence and diagnosis',
    tag: 'incidents',
    scopes: ['read'],
    answers: IncidentDetail,
    handle: async ({ caller, id }) => (await readIncident(app, caller.tenantId, id)) ?? noIncident(id),
  }),
  operation({
    method: 'get',
    path: '/v1/incidents/{id}/thread',
    id: 'getThread',
    summary: 'Cards and messages of the thread, oldest first',
    tag: 'incidents',
    scopes: ['read'],
    answers: z.object({ items: z.array(ThreadItem) }),
    handle: async ({ caller, id }) => {
      const items = await readThread(app, caller.tenantId, id)
      return items === null ? noIncident(id) : { items: items.map(withDrawings) }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/incidents/{id}/timeline',
    id: 'getTimeline',
    summary: 'Every audit entry of the incident as a sentence, oldest first',
    tag: 'incidents',
    scopes: ['read'],
    query: pageQuery.strict(),
    answers: page(TimelineEntry),
    handle: async ({ caller, id, query }) =>
      (await readTimeline(app, caller.tenantId, id, query)) ?? noIncident(id),
  }),
  operation({
    method: 'get',
    path: '/v1/incidents/{id}/postmortem',
    id: 'getPostmortem',
    summary: 'The draft of a postmortem; as a file where `Accept` is text/markdown',
    tag: 'incidents',
    scopes: ['read'],
    answers: PostmortemView,
    handle: async ({ caller, id, context }) => {
      const draft = await readPostmortem(app, caller.tenantId, id)
      if (draft === null) return noIncident(id)
      return context.req.header('accept')?.includes('text/markdown') === true ? asFile(draft) : draft
    },
  }),
  operation({
    method: 'post',
    path: '/v1/incidents/{id}/messages',
    id: 'postMessage',
    summary: 'Writes in the thread; a question is answered there shortly after',
    tag: 'incidents',
    // Whoever may look may ask; only those who respond may say something else.
    scopes: ['read'],
    body: MessageInput,
    status: 201,
    answers: ThreadItem,
    handle: async ({ caller, id, body }) => {
      const posted = await postMessage(app, caller, id, body.body)
      if (isRejection(posted)) return posted
      const { person } = caller
      return {
        kind: 'message' as const,
        id: posted.id,
        author: { id: person.id, name: person.name },
        body: body.body,
        createdAt: posted.createdAt.toString(),
      }
    },
  }),
]

/** The console draws charts itself, from the same layout as pictures are made of. */
const withDrawings = (item: ReadItem) =>
  item.kind === 'card' && chartsOf(item.card).length > 0
    ? {
        ...item,
        card: {
          ...item.card,
          blocks: item.card.blocks.map((block) =>
            block.kind === 'chart' ? { ...block, drawing: layoutOf(block.chart) } : block,
          ),
        },
      }
    : item
