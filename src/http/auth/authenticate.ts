import { createHash, timingSafeEqual } from 'node:crypto'
import type { App } from '../../app/app.ts'
import { authenticateKey, noteKeyUse } from '../../app/identity/authenticate-key.ts'
import { authenticateSession } from '../../app/identity/sessions.ts'
import type { Caller } from '../../domain/person.ts'
import { forbidden, unauthenticated } from '../problem.ts'
import { readSessionCookie } from './cookie.ts'

/** Who is asking, and by what right. */
export interface Authenticated {
  readonly caller: Caller
  /** Tells one key or session from another without being able to open anything. */
  readonly credential: string
  /** Null for a key: it is never sent by a browser on its own, so nothing has to be proved. */
  readonly csrfToken: string | null
}

interface HeaderReader {
  readonly get: (name: string) => string | null
}

export interface Authenticator {
  /** Null when nothing was shown at all; throws 401 when what was shown opens nothing. */
  readonly authenticate: (headers: HeaderReader) => Promise<Authenticated | null>
}

const bearer = /^Bearer +(\S+) *$/i

export const credentialOfSession = (token: string): string =>
  `session:${createHash('sha256').update(token).digest('hex')}`

export const createAuthenticator = (app: App, options: { readonly lab: boolean }): Authenticator => {
  const beingNoted = new Set<string>()
  /** Beside the request, never in its way: a key's last use is a hint for people, not a record. */
  const noteUse = (tenantId: string, keyId: string): void => {
    if (beingNoted.has(keyId)) return
    beingNoted.add(keyId)
    noteKeyUse(app, tenantId, keyId)
      .catch((error: unknown) =>
        app.log.warn({ key: keyId, error }, 'the last use of a key could not be noted'),
      )
      .finally(() => beingNoted.delete(keyId))
  }
  return {
    authenticate: async (headers) => {
      const authorization = headers.get('authorization')
      if (authorization !== null && authorization !== '') {
        const holder = await authenticateKey(app, bearer.exec(authorization)?.[1] ?? '')
        if (holder === null)
          throw unauthenticated(
            'This key opens nothing: it is malformed, unknown, expired or revoked.',
            'Send Authorization: Bearer sut_… with a key that is still good.',
          )
        if (holder.useIsOld) noteUse(holder.caller.tenantId, holder.keyId)
        return { caller: holder.caller, credential: `key:${holder.keyId}`, csrfToken: null }
      }
      const token = readSessionCookie(headers.get('cookie'))
      if (token === null) return null
      const session = await authenticateSession(app, token, options)
      return session === null
        ? null
        : { caller: session.caller, credential: credentialOfSession(token), csrfToken: session.csrfToken }
    },
  }
}

const same = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())

/** A session's writes must repeat what only a page of this server could have read. */
export const requireCsrfToken = (who: Authenticated, given: string | null): void => {
  if (who.csrfToken === null) return
  if (given !== null && same(given, who.csrfToken)) return
  throw forbidden(
    `X-CSRF-Token: expected the token of this session, found ${given === null ? 'none' : 'another'}.`,
    'Read csrfToken from GET /v1/me and send it with every write.',
  )
}
