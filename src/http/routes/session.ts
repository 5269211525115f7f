import { z } from '@hono/zod-openapi'
import { listAwayFor } from '../../app/delegation/list-delegations.ts'
import { labPersonas } from '../../app/identity/personas.ts'
import {
  endSession,
  type StartedSession,
  sessionHours,
  signInWithKey,
  startLabSession,
} from '../../app/identity/sessions.ts'
import { readAccounts } from '../../app/read/accounts.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { credentialOfSession } from '../auth/authenticate.ts'
import { endedCookie, readSessionCookie, sessionCookie } from '../auth/cookie.ts'
import type { HttpDeps } from '../deps.ts'
import type { HttpContext } from '../exchange.ts'
import type { LiveStreams } from '../live-streams.ts'
import { type Operation, openOperation, operation } from '../operation.ts'
import { Me, PersonaInput, SignInInput } from '../schemas/identity.ts'

export const sessionRoutes = (deps: HttpDeps, streams: LiveStreams): Operation[] => {
  const secure = deps.secureCookies ?? false
  const personas = deps.lab?.personas ?? labPersonas

  /** Whoever was signed in on this browser before is signed out: a left-over session would be nobody's. */
  const began = async (
    started: StartedSession | Rejection,
    c: HttpContext,
  ): Promise<Response | Rejection> => {
    if (isRejection(started)) return started
    const before = readSessionCookie(c.req.header('cookie') ?? null)
    if (before !== null) await end(before)
    c.get('exchange').caller = started.caller
    return new Response(null, {
      status: 204,
      headers: { 'set-cookie': sessionCookie(started.token, sessionHours * 3_600, secure) },
    })
  }

  const end = async (token: string): Promise<void> => {
    await endSession(deps.app, token)
    streams.endOf(credentialOfSession(token))
  }

  const routes = [
    openOperation({
      method: 'get',
      path: '/v1/me',
      id: 'getMe',
      summary: 'Who you are here, and the token that your writes repeat',
      tag: 'identity',
      visitor: true,
      answers: Me,
      handle: async ({ who }) => ({
        signedIn: who !== null,
        tenant: who?.caller.tenantId ?? deps.tenantId,
        person:
          who === null
            ? null
            : { id: who.caller.person.id, name: who.caller.person.name, roles: [...who.caller.person.roles] },
        scopes: who === null ? [] : [...who.caller.scopes],
        accounts: who === null ? [] : await readAccounts(deps.app, who.caller),
        standsInFor: who === null ? [] : await listAwayFor(deps.app, who.caller),
        csrfToken: who?.csrfToken ?? null,
        lab:
          deps.lab === null
            ? null
            : { personas: personas.map(({ id, name, roles }) => ({ id, name, roles: [...roles] })) },
        version: deps.version,
      }),
    }),
    openOperation({
      method: 'post',
      path: '/v1/session',
      id: 'signIn',
      summary: 'Signs a browser in with an API key',
      tag: 'identity',
      visitor: false,
      startsSession: true,
      body: SignInInput,
      status: 204,
      answers: z.void(),
      handle: async ({ body, context }) => began(await signInWithKey(deps.app, body.key), context),
    }),
    operation({
      method: 'delete',
      path: '/v1/session',
      id: 'signOut',
      summary: 'Ends the session, and the live streams it has open',
      tag: 'identity',
      scopes: [],
      status: 204,
      answers: z.void(),
      handle: async ({ context }) => {
        const token = readSessionCookie(context.req.header('cookie') ?? null)
        if (token !== null) await end(token)
        return new Response(null, { status: 204, headers: { 'set-cookie': endedCookie(secure) } })
      },
    }),
  ]
  if (deps.lab === null) return routes
  return [
    ...routes,
    openOperation({
      method: 'post',
      path: '/v1/lab/persona',
      id: 'bePersona',
      summary: 'Lab only: be this persona',
      tag: 'lab',
      visitor: false,
      startsSession: true,
      body: PersonaInput,
      status: 204,
      answers: z.void(),
      handle: async ({ body, context }) => {
        if (!personas.some((persona) => persona.id === body.personId))
          return reject(
            'not_found',
            `There is no persona ${body.personId}.`,
            'Choose one of those listed by GET /v1/me.',
          )
        return began(await startLabSession(deps.app, deps.tenantId, body.personId), context)
      },
    }),
  ]
}
