import type { Log } from '../app/app.ts'
import { IntakeFull } from '../app/ingest/intake-full.ts'
import { HttpProblem, type ProblemFacts } from './problem.ts'

/** What a fault looks like from outside: nothing of its inside is told; the request id finds it in the log. */

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''

/**
 * PostgreSQL's classes 08 (connection), 53 (resources; 53100 is a full disk), 57 (shutdown) and 58 (system), and what a
 * lost or busy server looks like on this side. 40001, 40P01 and 55P03: somebody else was first, trying again helps.
 */
const isDatabaseAway = (error: unknown): boolean => {
  const code = codeOf(error)
  if (/^(08|53|57|58)/.test(code) || ['40001', '40P01', '55P03'].includes(code)) return true
  if (
    ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOENT'].includes(code) &&
    error instanceof Error &&
    'syscall' in error
  )
    return code !== 'ENOENT' || error.syscall === 'connect'
  return (
    error instanceof Error &&
    /connection terminated|when trying to connect|not queryable|after calling end on the pool|already been destroyed/i.test(
      error.message,
    )
  )
}

export const databaseAway: ProblemFacts = {
  status: 503,
  title: 'Not available right now',
  code: 'unavailable',
  detail: 'Suture cannot reach or write its database right now, so nothing was done.',
  remedy: 'Send the same request again in a few seconds; GET /health tells when it is back.',
  retryAfterSeconds: 2,
}

const intakeFull = (error: IntakeFull): ProblemFacts => ({
  status: 503,
  title: 'Not available right now',
  code: 'unavailable',
  detail: `${error.message}.`,
  remedy: 'Send the same request again after Retry-After; nothing of it was taken.',
  retryAfterSeconds: Math.ceil(error.retryAfterMs / 1_000),
})

export const problemOfFault = (error: unknown, requestId: string, log: Log): ProblemFacts => {
  if (error instanceof HttpProblem) return error.facts
  if (error instanceof IntakeFull) {
    log.warn({ requestId, waiting: error.waiting }, 'too many alerts wait; a request was refused')
    return intakeFull(error)
  }
  if (isDatabaseAway(error)) {
    log.warn({ requestId, error }, 'the database is away; the request was refused')
    return databaseAway
  }
  log.error({ requestId, error }, 'a request ended in a fault')
  return {
    status: 500,
    title: 'Something is wrong in Suture',
    code: 'fault',
    detail: `The request could not be done because of a fault in Suture. Its log names the cause beside ${requestId}.`,
    remedy: 'Try once more; if it happens again, tell whoever runs Suture the request id.',
  }
}
