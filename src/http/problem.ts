import type { z } from '@hono/zod-openapi'
import { type Rejection, rejectionTable } from '../domain/rejection.ts'
import type { Problem } from './schemas/common.ts'

/** What a request is told when it is not done. RFC 9457, with a remedy. */
export interface ProblemFacts extends Omit<Problem, 'type' | 'requestId'> {
  readonly retryAfterSeconds?: number
  /** More headers, such as `Allow` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown inside the HTTP room only, to leave a handler early; the frame turns it into the answer. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly facts: ProblemFacts

  constructor(facts: ProblemFacts) {
    super(facts.detail)
    this.facts = facts
  }
}

export const problemOf = (rejection: Rejection): ProblemFacts => {
  const { status, title } = rejectionTable[rejection.code]
  const { code, detail, remedy, earliest, facts } = rejection
  const field = typeof facts?.['field'] === 'string' ? { field: facts['field'] } : {}
  return {
    status,
    title,
    code,
    detail,
    remedy,
    ...field,
    ...(earliest === undefined ? {} : { earliest }),
    ...(facts === undefined ? {} : { facts: { ...facts } }),
    ...(code === 'unauthenticated' ? { headers: { 'WWW-Authenticate': 'Bearer realm="suture"' } } : {}),
    ...(code === 'unavailable' ? { retryAfterSeconds: 5 } : {}),
  }
}

export const problemResponse = (facts: ProblemFacts, requestId: string): Response => {
  const { retryAfterSeconds, headers, ...shown } = facts
  const problem: Problem = { type: `urn:suture:problem:${facts.code}`, ...shown, requestId }
  return new Response(JSON.stringify(problem), {
    status: facts.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
  })
}

export const unauthenticated = (detail: string, remedy: string): HttpProblem =>
  new HttpProblem({
    status: 401,
    title: 'Sign in first',
    code: 'unauthenticated',
    detail,
    remedy,
    headers: { 'WWW-Authenticate': 'Bearer realm="suture"' },
  })

export const forbidden = (detail: string, remedy: string): HttpProblem =>
  new HttpProblem({ status: 403, title: 'Not allowed', code: 'forbidden', detail, remedy })

export const notFound = (detail: string, remedy: string): HttpProblem =>
  new HttpProblem({ status: 404, title: 'Not found', code: 'not_found', detail, remedy })

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )

/** The first thing zod found wrong: its field, the limit it broke, and what to do. */
export const invalid = (error: z.ZodError, where: 'body' | 'query'): HttpProblem => {
  const [issue] = error.issues
  const unknownName = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = fieldOf([...(issue?.path ?? []), ...(unknownName === undefined ? [] : [unknownName])])
  const field = path === '' ? where : path
  const others = error.issues.length - 1
  return new HttpProblem({
    status: 422,
    title: 'Not valid',
    code: 'invalid',
    detail: `${field}: ${unknownName === undefined ? lowerFirst(issue?.message ?? 'not valid') : 'there is no field of this name here'}${others > 0 ? ` (and ${others} more)` : ''}`,
    remedy:
      unknownName === undefined
        ? `Correct ${field} and send again.`
        : `Leave ${field} out, or correct its name, and send again.`,
    field,
  })
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
