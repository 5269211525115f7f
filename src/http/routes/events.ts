import { z } from '@hono/zod-openapi'
import type { Authenticator } from '../auth/authenticate.ts'
import type { LiveStreams } from '../live-streams.ts'
import { type Operation, openOperation } from '../operation.ts'
import { forbidden, HttpProblem, unauthenticated } from '../problem.ts'

const description =
  '`event: change` with {topic, id} when something changed; `event: gap` when everything should be read anew; a comment as ping'

/** Of all clients together: each holds a connection and a look-up at every ping. */
const maxStreams = 500
/** Of one key or session: more tabs than anybody looks at, few enough that one alone cannot take all of them. */
const maxOfOne = 20

export const eventRoutes = (streams: LiveStreams, authenticator: Authenticator): Operation[] => [
  openOperation({
    method: 'get',
    path: '/v1/events',
    id: 'listen',
    summary: 'Live changes as server-sent events; needs the scope read',
    tag: 'events',
    visitor: true,
    refusesForeignOrigin: true,
    answers: z.string().openapi({ description }),
    contentType: 'text/event-stream',
    handle: async ({ who, context }) => {
      if (who === null)
        throw unauthenticated(
          'This needs a key or a session.',
          'Sign in, or send Authorization: Bearer sut_….',
        )
      if (!who.caller.scopes.includes('read'))
        throw forbidden(
          `listen needs the scope read; ${who.caller.person.name} has ${who.caller.scopes.join(', ') || 'none'}.`,
          'Use a key with that scope, or ask somebody who has the role for it.',
        )
      const headers = {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      }
      if (context.req.method === 'HEAD') return new Response(null, { status: 200, headers })
      if (streams.count() >= maxStreams)
        throw tooMany(`There are already ${maxStreams} live streams, which is the most.`)
      if (streams.count(who.credential) >= maxOfOne)
        throw tooMany(`This key or session already has ${maxOfOne} live streams, which is the most for one.`)
      const shown = {
        authorization: context.req.header('authorization') ?? null,
        cookie: context.req.header('cookie') ?? null,
      }
      const mayStay = async (): Promise<boolean> => {
        try {
          const again = await authenticator.authenticate({
            get: (name) =>
              name === 'authorization' ? shown.authorization : name === 'cookie' ? shown.cookie : null,
          })
          return again !== null && again.caller.scopes.includes('read')
        } catch (error) {
          if (error instanceof HttpProblem) return false
          throw error
        }
      }
      return new Response(
        streams.open({ tenantId: who.caller.tenantId, credential: who.credential, mayStay }),
        { status: 200, headers },
      )
    },
  }),
]

const tooMany = (detail: string): HttpProblem =>
  new HttpProblem({
    status: 503,
    title: 'Not available right now',
    code: 'unavailable',
    detail,
    remedy: 'Close a console that is no longer looked at, or try again later.',
    retryAfterSeconds: 30,
  })
