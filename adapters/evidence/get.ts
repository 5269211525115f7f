import { type ClientRequest, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { admit, type Reach } from '../../src/domain/outgoing.ts'
import { pinnedTo } from './reach.ts'

/** One GET over a connection of its own, so that the answer tells about the service and not about a kept connection. */

export type Failure = 'timeout' | 'refused' | 'reset' | 'dns' | 'other'

export type Got =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly contentType: string
      /** At most 64 KB; null when the answer was longer or broke off, so that nobody reads half a document. */
      readonly body: string | null
      readonly latencyMs: number
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly code: string; readonly latencyMs: number }
  /** The host is, or leads to, an address that nothing names: nothing was connected, nothing measured. */
  | { readonly kind: 'forbidden'; readonly problem: string; readonly latencyMs: number }
  /** The caller's signal ended it: nothing was measured. */
  | { readonly kind: 'aborted'; readonly latencyMs: number }

export const BODY_LIMIT = 64 * 1024

/**
 * Never rejects; follows no redirect. `timeoutMs` covers the whole exchange, from the lookup to the body. The host is
 * resolved once, and the connection goes to what was checked.
 */
export function get(url: string, timeoutMs: number, signal: AbortSignal, reach: Reach): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>()
  const began = performance.now()
  const latency = () => Math.round(performance.now() - began)
  if (signal.aborted) return Promise.resolve({ kind: 'aborted', latencyMs: 0 })

  let client: ClientRequest | null = null
  let settled = false
  const settle = (got: Got) => {
    settled = true
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    resolve(got)
    client?.destroy()
  }
  const fail = (failure: Failure, code: string) =>
    settle({ kind: 'failed', failure, code, latencyMs: latency() })
  const onAbort = () => settle({ kind: 'aborted', latencyMs: latency() })
  const timer = setTimeout(() => fail('timeout', 'ETIMEDOUT'), timeoutMs)
  signal.addEventListener('abort', onAbort, { once: true })

  const parsed = new URL(url)
  admit(url, parsed, reach).then(
    (admission) => {
      if (settled) return
      if (!admission.ok) settle({ kind: 'forbidden', problem: admission.problem, latencyMs: latency() })
      else {
        client = (parsed.protocol === 'https:' ? requestHttps : requestHttp)(parsed, {
          agent: false,
          lookup: pinnedTo(admission.addresses),
          headers: {
            accept: 'application/health+json, application/json, */*;q=0.5',
            'user-agent': 'suture',
          },
        })
        hear(client, { settle, fail, latency })
        client.end()
      }
    },
    (error: NodeJS.ErrnoException) => fail(failureOf(error.code), error.code ?? error.message),
  )
  return promise
}

interface Ends {
  readonly settle: (got: Got) => void
  readonly fail: (failure: Failure, code: string) => void
  readonly latency: () => number
}

/** Settles once, with whatever comes first. */
function hear(client: ClientRequest, { settle, fail, latency }: Ends): void {
  client.on('error', (error: NodeJS.ErrnoException) =>
    fail(failureOf(error.code), error.code ?? error.message),
  )
  let heard = false
  // A service that wants to change the protocol is left without an answer and without an error.
  client.on('close', () => {
    if (!heard) fail('reset', 'ECONNRESET')
  })
  client.on('response', (response) => {
    heard = true
    const chunks: Buffer[] = []
    let size = 0
    const answer = (complete: boolean) =>
      settle({
        kind: 'answered',
        status: response.statusCode ?? 0,
        contentType: response.headers['content-type'] ?? '',
        body: complete ? Buffer.concat(chunks).toString('utf8') : null,
        latencyMs: latency(),
      })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > BODY_LIMIT) answer(false)
    })
    response.on('end', () => answer(response.complete))
    response.on('error', (error: NodeJS.ErrnoException) =>
      fail(failureOf(error.code), error.code ?? 'ECONNRESET'),
    )
  })
}

function failureOf(code: string | undefined): Failure {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'dns'
    case 'ETIMEDOUT':
      return 'timeout'
    case undefined:
    default:
      return 'other'
  }
}
