import { isRejection } from '../domain/rejection.ts'
import { type Authenticated, type Authenticator, requireCsrfToken } from './auth/authenticate.ts'
import { parseJsonBody, readBody, requireJson } from './body.ts'
import { type HttpContext, nodeOf } from './exchange.ts'
import { foreignOrigin, type HostCheck } from './host-check.ts'
import type { Idempotent } from './idempotency.ts'
import type { Operation } from './operation.ts'
import { forbidden, HttpProblem, notFound, problemOf, problemResponse, unauthenticated } from './problem.ts'

export interface Serving {
  readonly authenticator: Authenticator
  readonly idempotent: Idempotent
  readonly hosts: HostCheck
  readonly bodyBytes: number
}

/** Who may, then what was sent, then the work: nothing of a body is read for somebody who may not. */
export const serveOperation =
  (operation: Operation, serving: Serving) =>
  async (c: HttpContext): Promise<Response> => {
    const exchange = c.get('exchange')
    exchange.route = operation.path
    requireOurPage(operation, serving.hosts, c)
    const who = await admit(operation, serving.authenticator, c)
    exchange.caller = who?.caller ?? null
    const params = paramsOf(operation.path, c)
    const bytes = operation.body === null ? new Uint8Array(0) : await bodyOf(c, serving.bodyBytes)
    const work = async (): Promise<Response> => {
      const body =
        operation.body === null
          ? undefined
          : parseJsonBody(bytes, { maxBytes: serving.bodyBytes }, operation.bounded)
      const result = await operation.run({ who, params, query: queryOf(c), body, context: c })
      return asResponse(operation, result, c)
    }
    const key = c.req.header('idempotency-key')
    if (key === undefined || who === null || operation.method !== 'post' || operation.startsSession)
      return work()
    const { pathname, search } = new URL(c.req.url)
    return serving.idempotent.once(
      {
        caller: who.caller,
        key,
        method: 'POST',
        path: `${pathname}${search}`,
        body: bytes,
        showsSecret: operation.showsSecret,
      },
      work,
    )
  }

/** Reading is safe for a foreign page to cause, since it cannot see the answer; anything else is refused. */
const requireOurPage = (operation: Operation, hosts: HostCheck, c: HttpContext): void => {
  if (operation.method === 'get' && !operation.refusesForeignOrigin) return
  const origin = c.req.header('origin') ?? null
  if (!hosts.isOurOrigin(origin, c.req.header('host') ?? new URL(c.req.url).host)) throw foreignOrigin(origin)
  if (c.req.header('sec-fetch-site') === 'cross-site') throw foreignOrigin(origin)
}

const admit = async (
  operation: Operation,
  authenticator: Authenticator,
  c: HttpContext,
): Promise<Authenticated | null> => {
  const { access } = operation
  if (access.kind === 'open') return null
  const who = await authenticator.authenticate({ get: (name) => c.req.header(name) ?? null })
  if (access.kind === 'visitor') return who
  if (who === null)
    throw unauthenticated(
      'This needs a key or a session.',
      'Send Authorization: Bearer sut_…, or sign in to the console.',
    )
  const isWrite = operation.method !== 'get'
  if (isWrite && !operation.startsSession) requireCsrfToken(who, c.req.header('x-csrf-token') ?? null)
  const missing = access.scopes.filter((scope) => !who.caller.scopes.includes(scope))
  if (missing.length > 0) {
    c.get('exchange').caller = who.caller
    throw forbidden(
      `${operation.id} needs the scope ${missing.join(' and ')}; ${who.caller.person.name} has ${who.caller.scopes.join(', ') || 'none'}.`,
      'Use a key with that scope, or ask somebody who has the role for it.',
    )
  }
  return who
}

const bodyOf = (c: HttpContext, limit: number): Promise<Uint8Array> => {
  requireJson(c.req.header('content-type') ?? null)
  return readBody(c.req.raw, nodeOf(c).incoming, limit)
}

/** Ids are short and plain; anything else names nothing, and must not reach the database. */
const idPattern = /^[\x21-\x7e]{1,200}$/

const paramsOf = (path: string, c: HttpContext): Record<string, string> => {
  const params: Record<string, string> = {}
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
    const value = c.req.param(name) ?? ''
    if (!idPattern.test(value))
      throw notFound('There is nothing of that id.', 'Copy the id from a list or a card.')
    params[name] = value
  }
  return params
}

/** A name that is given twice could be read two ways, so it is refused. */
const queryOf = (c: HttpContext): Record<string, string> => {
  const query: Record<string, string> = {}
  for (const [name, values] of Object.entries(c.req.queries())) {
    const [value = ''] = values
    if (values.length > 1)
      throw new HttpProblem({
        status: 422,
        title: 'Not valid',
        code: 'invalid',
        detail: `${name}: expected once, found ${values.length} times.`,
        remedy: `Send ${name} once.`,
        field: name,
      })
    query[name] = value
  }
  return query
}

const asResponse = (operation: Operation, result: unknown, c: HttpContext): Response => {
  if (result instanceof Response) return result
  if (isRejection(result)) {
    c.get('exchange').refusal = result.code
    return problemResponse(problemOf(result), c.get('exchange').requestId)
  }
  const { status, schema } = operation.success
  if (schema === null) return new Response(null, { status })
  return new Response(JSON.stringify(result), { status, headers: { 'content-type': 'application/json' } })
}
