import { z } from '@hono/zod-openapi'
import { listSilences } from '../../app/read/silences.ts'
import { endSilence } from '../../app/silence/end-silence.ts'
import { setSilence } from '../../app/silence/set-silence.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import { SilenceEnded, SilenceSent, SilenceSet, SilenceView } from '../schemas/silence.ts'

const silenceQuery = pageQuery.extend({ standing: z.enum(['true', 'false']).optional() }).strict()

export const silenceRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/silences',
    id: 'listSilences',
    summary: 'Silences and maintenance, newest first; with `standing=true` those that have not ended',
    tag: 'silences',
    scopes: ['read'],
    query: silenceQuery,
    answers: page(SilenceView),
    handle: ({ caller, query: { standing, ...paging } }) =>
      listSilences(app, caller.tenantId, { ...paging, standing: standing === 'true' }),
  }),
  operation({
    method: 'post',
    path: '/v1/silences',
    id: 'setSilence',
    summary: 'Keeps alerts that match quiet for a while; maintenance of a service stops proposals for it too',
    tag: 'silences',
    scopes: ['respond'],
    body: SilenceSent,
    status: 201,
    answers: SilenceSet,
    handle: async ({ caller, body }) => {
      const set = await setSilence(app, caller, body)
      if (isRejection(set)) return set
      const { id, kind, matchers, from, until, reason } = set
      return { id, kind, matchers: [...matchers], from: from.toString(), until: until.toString(), reason }
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/silences/{id}',
    id: 'endSilence',
    summary: 'Ends a silence before its time; what still fires opens an incident',
    tag: 'silences',
    scopes: ['respond'],
    answers: SilenceEnded,
    handle: ({ caller, id }) => endSilence(app, caller, id),
  }),
]
