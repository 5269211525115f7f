import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/**
 * One HTTP exchange over a connection of its own, redirects not followed. node:http rather than fetch, because only
 * here one can tell a connection that never stood (nothing happened) from one that broke after sending (nobody knows),
 * and because a pooled connection that the server has just closed would make the second out of the first.
 */

export interface Outgoing {
  readonly method: string
  readonly url: URL
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
  /** No answer; `sent` says whether the request may have reached the target. */
  | { readonly kind: 'broken'; readonly sent: boolean; readonly code: string }

export const BODY_LIMIT = 64 * 1024

/** Never rejects. An abort ends it as `broken`, or as an incomplete answer. */
export function exchange(out: Outgoing): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  let sent = false
  const secure = out.url.protocol === 'https:'
  const client = (secure ? requestHttps : requestHttp)(out.url, {
    method: out.method,
    headers: out.headers,
    agent: false,
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
