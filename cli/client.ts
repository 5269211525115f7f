import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { Problem } from '../src/http/schemas/common.ts'
import { CliFailure, exitCodes, refusedBy } from './failure.ts'

/** `/v1` as the commands use it: each answer is held to the schema the server itself is built from. */
export interface Client {
  readonly url: string
  readonly get: <T extends z.ZodType>(path: string, schema: T, query?: Query) => Promise<z.output<T>>
  readonly post: <T extends z.ZodType>(path: string, body: unknown, schema: T) => Promise<z.output<T>>
  readonly patch: <T extends z.ZodType>(path: string, body: unknown, schema: T) => Promise<z.output<T>>
  readonly remove: (path: string) => Promise<void>
  /** A file as it comes: only its beginning has to be there in time. */
  readonly download: (path: string) => Promise<Readable>
  /** For `doctor`, which looks at failures instead of ending with them. */
  readonly raw: (path: string) => Promise<Response>
}

export type Query = Readonly<Record<string, string | number | undefined>>

export interface ClientOptions {
  readonly url: string
  readonly key: string | null
  readonly timeoutMs: number
}

export const createClient = ({ url, key, timeoutMs }: ClientOptions): Client => {
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
    signal = AbortSignal.timeout(timeoutMs),
  ): Promise<Response> => {
    try {
      return await fetch(new URL(path, url), {
        method,
        headers: {
          accept: 'application/json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        // A redirect would carry the key to whoever it names.
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      throw unreachable(url, timeoutMs, error)
    }
  }

  /** A lost answer is asked for again under the same key, so that nothing is done twice. */
  const write = async (method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Response> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
    try {
      return await send(method, path, headers, JSON.stringify(body))
    } catch (error) {
      if (!wasCutOff(error)) throw error
      return send(method, path, headers, JSON.stringify(body))
    }
  }

  return {
    url,
    get: async (path, schema, query = {}) =>
      readAnswer(await send('GET', withQuery(path, query), {}), schema),
    post: async (path, body, schema) => readAnswer(await write('POST', path, body), schema),
    patch: async (path, body, schema) => readAnswer(await write('PATCH', path, body), schema),
    remove: async (path) => {
      await readAnswer(await send('DELETE', path, { 'idempotency-key': randomUUID() }), z.unknown())
    },
    download: async (path) => {
      const beginning = new AbortController()
      const timer = setTimeout(() => beginning.abort(new DOMException('', 'TimeoutError')), timeoutMs)
      const response = await send('GET', path, { accept: '*/*' }, undefined, beginning.signal)
      clearTimeout(timer)
      if (!response.ok || response.body === null) {
        await readAnswer(response, z.unknown())
        throw strange(response, 'It answered without a file.')
      }
      return Readable.fromWeb(response.body)
    },
    raw: (path) => send('GET', path, {}),
  }
}

/** A server that is only starting, or a proxy, may leave out the id of the request. */
const AnyProblem = Problem.extend({ requestId: z.string().default('') })

const withQuery = (path: string, query: Query): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

export const readAnswer = async <T extends z.ZodType>(
  response: Response,
  schema: T,
): Promise<z.output<T>> => {
  const text = await response.text()
  const value = text === '' ? null : jsonOf(text)
  if (!response.ok) {
    const problem = AnyProblem.safeParse(value)
    if (problem.success) throw refusedBy(problem.data)
    throw strange(response, `It answered ${response.status} without a problem document.`)
  }
  if (value === undefined) throw strange(response, 'Its answer is not JSON.')
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw strange(
    response,
    `Its answer is not as /v1 has it: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`
      .trimEnd()
      .concat('.'),
  )
}

const strange = (response: Response, detail: string): CliFailure =>
  new CliFailure(
    exitCodes.failed,
    'Not an answer of Suture',
    `${response.url || 'The server'}: ${detail}`,
    'Check --url, and that server and command line have the same version (`suture doctor`).',
  )

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unreachable = (url: string, timeoutMs: number, error: unknown): CliFailure => {
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  const detail = timedOut
    ? `${url} did not answer within ${timeoutMs / 1_000} s.`
    : `${url} cannot be reached: ${causeOf(error)}.`
  return new CliFailure(
    exitCodes.unreachable,
    'Suture cannot be reached',
    detail,
    'Start it with `npm start`, or name the right server with --url or SUTURE_URL.',
    {
      cause: error,
    },
  )
}

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return String(cause)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return (
    {
      ECONNREFUSED: 'nothing listens there',
      ENOTFOUND: 'the name is not known',
      ECONNRESET: 'the connection was cut',
    }[code] ??
    (cause.message || code)
  )
}

/** The request may have been carried out and its answer lost. Nobody listening is another matter: nothing was sent. */
const wasCutOff = (error: unknown): boolean => {
  const fault = error instanceof CliFailure && error.cause instanceof Error ? error.cause.cause : undefined
  return (
    fault instanceof Error &&
    'code' in fault &&
    ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String(fault.code))
  )
}
