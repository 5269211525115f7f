import type { MetricReading } from '../../src/app/ports.ts'
import { readAnswer } from './prometheus-answer.ts'

/** One instant query. Nothing but `GET /api/v1/query` is ever sent: it reads, and can't change anything. */

export interface PrometheusOptions {
  /** Replicas of one another, such as the two of a pair: the next is asked when one can't answer. At least one. */
  readonly urls: readonly string[]
  /** Sent as a bearer token; null for none. */
  readonly token: string | null
  /** For one query to one of `urls`, its whole answer included. */
  readonly timeoutMs: number
}

/** `timedOut`: no answer came in time, which says something about Prometheus and nothing about the service. */
export type QueryResult =
  | { readonly ok: true; readonly value: number | null }
  | { readonly ok: false; readonly problem: string; readonly timedOut: boolean }

/** One number is a few dozen bytes; a query that gives thousands of series is a mistake, told as such. */
const mostBytes = 256 * 1024

/** The value at `at`; now when null. Never rejects, never caches. */
export const queryPrometheus = async (
  options: PrometheusOptions,
  query: string,
  at: Temporal.Instant | null,
  signal: AbortSignal,
): Promise<QueryResult> => {
  let result: QueryResult = { ok: false, problem: 'No Prometheus is connected.', timedOut: false }
  for (const url of options.urls) {
    const asked = await ask(options, url, query, at, signal)
    if (!asked.again || signal.aborted) return asked.result
    result = asked.result
  }
  return result
}

interface Asked {
  readonly result: QueryResult
  /** True when another replica may know what this one could not say. */
  readonly again: boolean
}

const ask = async (
  { token, timeoutMs }: PrometheusOptions,
  base: string,
  query: string,
  at: Temporal.Instant | null,
  signal: AbortSignal,
): Promise<Asked> => {
  const url = endpoint(base, query, at, timeoutMs)
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      // A redirect would carry the question, and what it asks about, to a place nobody has named.
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
    })
    const body = await bounded(response)
    if (body === null)
      return failed('The query gives far more than one number; put sum(…) or max(…) around it.', false)
    const reading = readAnswer(response.status, body)
    return { result: withTime(reading), again: response.status >= 500 }
  } catch (error) {
    if (signal.aborted)
      return { result: { ok: false, problem: 'The question was called off.', timedOut: true }, again: false }
    if (limit.aborted)
      return {
        result: {
          ok: false,
          problem: `Prometheus at ${url.host} did not answer within ${timeoutMs / 1_000} s.`,
          timedOut: true,
        },
        again: true,
      }
    return failed(`Prometheus at ${url.host} can't be reached: ${codeOf(error)}.`, true)
  }
}

const failed = (problem: string, again: boolean): Asked => ({
  result: { ok: false, problem, timedOut: false },
  again,
})

const withTime = (reading: MetricReading): QueryResult =>
  reading.ok ? reading : { ...reading, timedOut: false }

const endpoint = (base: string, query: string, at: Temporal.Instant | null, timeoutMs: number): URL => {
  const url = new URL(`${base.replace(/\/+$/, '')}/api/v1/query`)
  url.searchParams.set('query', query)
  // Prometheus gives up together with us, so that a heavy query does not go on for nobody.
  url.searchParams.set('timeout', `${timeoutMs}ms`)
  if (at !== null) url.searchParams.set('time', at.toString())
  return url
}

/** Null when it is longer than any answer to a fitting question; the rest is then not read. */
const bounded = async (response: Response): Promise<string | null> => {
  if (response.body === null) return ''
  const chunks: AsyncIterable<Uint8Array> = response.body
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > mostBytes) return null
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** `fetch failed` says nothing; its cause does. */
const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return cause.code
  return cause instanceof Error ? cause.message : 'no reason was given'
}
