import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Admission, admit, type Reach } from '../../../src/domain/outgoing.ts'
import { pinnedTo } from './reach.ts'

/**
 * One HTTP exchange over a connection of its own, redirects not followed. node:http rather than fetch, because only
 * here one can tell a connection that never stood (nothing happened) from one that broke after sending (nobody knows),
 * and because a pooled connection that the server has just closed would make the second out of the first.
 */

export interface Outgoing {
  readonly method: string
  readonly url: URL
  /** The text of the catalogue that `url` was made from. */
  readonly written: string
  readonly reach: Reach
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly signal: AbortSignal
  /** Asked when the connection stands, immediately before the first byte; false sends nothing. */
  readonly maySend: () => boolean
}

export type Exchange =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: IncomingHttpHeaders
      /** At most 64 KB. */
      readonly body: Buffer
      readonly truncated: boolean
      /** False when the answer broke off before its end. */
      readonly complete: boolean
    }
  | { readonly kind: 'refused_to_send' }
  /** The host is, or leads to, an address that nothing names; nothing was connected. */
  | { readonly kind: 'forbidden'; readonly problem: string }
  /** No answer; `sent` says whether the request may have reached the target. */
  | { readonly kind: 'broken'; readonly sent: boolean; readonly code: string }

export const BODY_LIMIT = 64 * 1024

/**
 * Never rejects. An abort ends it as `broken`, or as an incomplete answer. The host is resolved once, and the connection
 * goes to what was checked: a name that means another address a moment later leads nowhere else.
 */
export async function exchange(out: Outgoing): Promise<Exchange> {
  const admission = await admitted(out)
  if ('kind' in admission) return admission
  return admission.ok
    ? await converse(out, admission.addresses)
    : { kind: 'forbidden', problem: admission.problem }
}

/** A resolver can't be interrupted: who is aborted leaves it behind. */
async function admitted({ written, url, reach, signal }: Outgoing): Promise<Admission | Exchange> {
  const { promise: aborted, resolve } = Promise.withResolvers<Exchange>()
  const onAbort = () => resolve({ kind: 'broken', sent: false, code: 'ABORT_ERR' })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  const admission = admit(written, url, reach).catch(
    (error: NodeJS.ErrnoException): Exchange => ({
      kind: 'broken',
      sent: false,
      code: error.code ?? error.message,
    }),
  )
  try {
    return await Promise.race([aborted, admission])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function converse(out: Outgoing, addresses: readonly string[]): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  let sent = false
  const secure = out.url.protocol === 'https:'
  const client = (secure ? requestHttps : requestHttp)(out.url, {
    method: out.method,
    headers: out.headers,
    agent: false,
    lookup: pinnedTo(addresses),
    signal: out.signal,
  })
  client.on('error', (error: NodeJS.ErrnoException) =>
    resolve({ kind: 'broken', sent, code: error.code ?? error.name }),
  )
  let heard = false
  // A target that wants to change the protocol is left without an answer and without an error.
  client.on('close', () => {
    if (!heard) resolve({ kind: 'broken', sent, code: 'ECONNRESET' })
  })
  client.on('socket', (socket) => {
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (out.signal.aborted) return
      if (!out.maySend()) {
        resolve({ kind: 'refused_to_send' })
        client.destroy()
        return
      }
      sent = true
      client.end(out.body ?? undefined)
    })
  })
  client.on('response', (response) => {
    heard = true
    const chunks: Buffer[] = []
    let size = 0
    const answer = (complete: boolean, truncated = false) =>
      resolve({
        kind: 'answered',
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).subarray(0, BODY_LIMIT),
        truncated,
        complete,
      })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= BODY_LIMIT) return
      // The status is known and the rest would only be thrown away.
      answer(true, true)
      client.destroy()
    })
    response.on('end', () => answer(response.complete))
    response.on('error', () => answer(false))
    response.on('close', () => answer(false))
  })
  return promise
}

/** What an error code of a connection means, in words. */
export function spokenCode(code: string): string {
  return spoken[code] ?? code
}

const spoken: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name lookup failed',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
}
