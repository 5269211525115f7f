import { z } from 'zod'
import { type Bound, refused } from '../binding.ts'
import { cleanText, oneLine } from '../text.ts'
import type { FindCluster } from './credentials.ts'
import { type ApiRequest, exchangeWith } from './exchange.ts'

/** One call of an API server, judged by its status alone. */

export type ApiAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** The server's own word, token taken out: at most 200 characters. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | { readonly kind: 'not_sent'; readonly problem: string }
  | { readonly kind: 'not_held' }
  | { readonly kind: 'unheard'; readonly code: string }

export interface KubernetesApi {
  readonly get: (context: string | undefined, path: string, signal: AbortSignal) => Promise<ApiAnswer>
  /** A strategic merge patch. With `metadata.resourceVersion` in it, the server refuses it with 409 when the object has changed. */
  readonly patch: (
    context: string | undefined,
    path: string,
    change: object,
    conditions: Pick<ApiRequest, 'signal' | 'maySend'>,
  ) => Promise<ApiAnswer>
}

const Status = z.object({ kind: z.literal('Status'), message: z.string() })

export function createKubernetesApi(findCluster: FindCluster): KubernetesApi {
  const call = async (context: string | undefined, request: ApiRequest): Promise<ApiAnswer> => {
    // A plugin that finds credentials may hang, and a step's time does not wait for it.
    const access = await beforeTimeUp(findCluster(context), request.signal)
    if (!access.ok) return { kind: 'not_sent', problem: access.problem }
    const exchange = await exchangeWith(access.value, request)
    switch (exchange.kind) {
      case 'refused_to_send':
        return { kind: 'not_held' }
      case 'broken':
        return exchange.sent
          ? { kind: 'unheard', code: exchange.code }
          : {
              kind: 'not_sent',
              problem: `the API server ${access.value.server.origin} can't be reached: ${exchange.code}`,
            }
      case 'answered': {
        const body = parse(exchange.body)
        if (exchange.status === 200)
          return body === undefined ? { kind: 'unheard', code: 'no JSON' } : { kind: 'ok', body }
        const said = Status.safeParse(body)
        const words = access.value.redact(said.success ? said.data.message : exchange.body.slice(0, 2_000))
        return {
          kind: 'refused',
          status: exchange.status,
          message: oneLine(cleanText(Buffer.from(words)), 200),
        }
      }
    }
  }
  return {
    get: (context, path, signal) => call(context, { method: 'GET', path, signal, maySend: () => true }),
    patch: (context, path, change, conditions) =>
      call(context, {
        ...conditions,
        method: 'PATCH',
        path: `${path}?fieldManager=suture`,
        contentType: 'application/strategic-merge-patch+json',
        body: JSON.stringify(change),
      }),
  }
}

async function beforeTimeUp<T>(work: Promise<Bound<T>>, signal: AbortSignal): Promise<Bound<T>> {
  const { promise, resolve } = Promise.withResolvers<Bound<T>>()
  const end = () => resolve(refused('the time was up before there were credentials'))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export type NotOk = Exclude<ApiAnswer, { kind: 'ok' }>

export function inWords(answer: NotOk): string {
  switch (answer.kind) {
    case 'refused':
      return `the API server answered ${answer.status}: ${answer.message}`
    case 'not_sent':
      return answer.problem
    case 'not_held':
      return 'this worker no longer holds the run'
    case 'unheard':
      return `the API server did not answer (${answer.code})`
  }
}

/** For evidence: what was read, or a sentence with the status of the answer, null without one. */
export const readerOf =
  (api: KubernetesApi) =>
  async (
    context: string | undefined,
    path: string,
    signal: AbortSignal,
  ): Promise<
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly status: number | null; readonly problem: string }
  > => {
    const answer = await api.get(context, path, signal)
    if (answer.kind === 'ok') return { ok: true, value: answer.body }
    const status = answer.kind === 'refused' ? answer.status : null
    return { ok: false, status, problem: inWords(answer) }
  }
