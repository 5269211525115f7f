import { createHash } from 'node:crypto'
import type { App } from '../app/app.ts'
import { claimIdempotencyKey, forgetIdempotencyKey, keepResponse } from '../app/idempotency.ts'
import type { Caller } from '../domain/person.ts'
import { HttpProblem } from './problem.ts'

export interface Idempotent {
  /** Does `work` once for this key and request, or answers with what it answered the first time. */
  readonly once: (request: OnceRequest, work: () => Promise<Response>) => Promise<Response>
}

export interface OnceRequest {
  readonly caller: Caller
  readonly key: string
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body: Uint8Array
  readonly showsSecret: boolean
}

const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/

export const createIdempotent = (app: App): Idempotent => {
  return {
    once: async (request, work) => {
      const { caller, key } = request
      if (!keyPattern.test(key))
        throw problem(
          422,
          'invalid',
          'Idempotency-Key: expected 1 to 200 visible ASCII characters.',
          'Use a UUID of your own making.',
        )
      const digest = createHash('sha256')
        .update(`${request.method} ${request.path}\n`)
        .update(request.body)
        .digest('hex')
      const claim = await claimIdempotencyKey(app, caller, key, digest)
      switch (claim.kind) {
        case 'other_request':
          throw problem(
            422,
            'invalid',
            'Idempotency-Key: this key was used for another request.',
            'Use a new key for every new request, and the same one only to repeat one.',
          )
        case 'in_progress':
          throw problem(
            409,
            'conflict',
            'Idempotency-Key: the first request with this key has not been answered yet.',
            'Send it again in a second.',
            1,
          )
        case 'replay':
          return replay(claim.response.status, claim.response.body)
        case 'first':
          return keepOrForget(app, request, work)
      }
    },
  }
}

/** Answers are kept, refusals by a rule too. After a fault, or where the request itself was wrong, nothing was done. */
const keepOrForget = async (
  app: App,
  { caller, key, showsSecret }: OnceRequest,
  work: () => Promise<Response>,
): Promise<Response> => {
  const forget = (): Promise<void> =>
    forgetIdempotencyKey(app, caller, key).catch((error: unknown) =>
      app.log.warn({ error }, 'an idempotency key could not be forgotten'),
    )
  let response: Response
  try {
    response = await work()
  } catch (error) {
    await forget()
    throw error
  }
  if (response.status >= 500) {
    await forget()
    return response
  }
  const text = await response.clone().text()
  const kept =
    showsSecret && response.ok
      ? secretWasShown
      : { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
  // It was done, and says so: that it cannot be told a second time must not make it look as if it was not.
  await keepResponse(app, caller, key, kept).catch((error: unknown) =>
    app.log.warn({ error }, 'an answer could not be kept for its Idempotency-Key'),
  )
  return response
}

const secretWasShown = {
  status: 409,
  body: {
    type: 'urn:suture:problem:conflict',
    title: 'Shown once',
    status: 409,
    code: 'conflict',
    detail: 'This request was done before; what it made was shown then and is kept nowhere.',
    remedy: 'Revoke what was made and make another, with a new Idempotency-Key.',
    requestId: '',
  },
}

const replay = (status: number, body: unknown): Response => {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers = { 'idempotency-replayed': 'true', ...(body === null ? {} : { 'content-type': type }) }
  return new Response(body === null ? null : JSON.stringify(body), { status, headers })
}

const problem = (
  status: number,
  code: string,
  detail: string,
  remedy: string,
  retryAfterSeconds?: number,
): HttpProblem =>
  new HttpProblem({
    status,
    title: status === 409 ? 'Conflict' : 'Not valid',
    code,
    detail,
    remedy,
    field: 'Idempotency-Key',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
