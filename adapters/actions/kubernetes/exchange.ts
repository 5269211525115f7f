import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { ClusterAccess } from './credentials.ts'

/**
 * One request to an API server over a connection of its own, redirects not followed. The client library's own transport can't
 * tell a request that never left from one whose answer was lost, and that is the whole difference after a fault.
 */

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH'
  /** Below the server, query included: `/apis/apps/v1/...`. */
  readonly path: string
  readonly contentType?: string
  readonly body?: string
  readonly signal: AbortSignal
  /** Asked when the connection stands, immediately before the first byte; false sends nothing. */
  readonly maySend: () => boolean
}

export type ApiExchange =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'refused_to_send' }
  /** No whole answer; `sent` says whether the request may have reached the server. */
  | { readonly kind: 'broken'; readonly sent: boolean; readonly code: string }

/** A Deployment has at most 1.5 MB (etcd's limit for a request); lists are asked for in pages that stay below this. */
const BODY_LIMIT = 32 * 1024 * 1024

/** Never rejects. */
export function exchangeWith(access: ClusterAccess, request: ApiRequest): Promise<ApiExchange> {
  const { promise, resolve } = Promise.withResolvers<ApiExchange>()
  const secure = access.server.protocol === 'https:'
  let sent = false
  const body = request.body ?? ''
  const client = (secure ? requestHttps : requestHttp)(urlOf(access.server, request.path), {
    ...access.request,
    method: request.method,
    signal: request.signal,
    headers: {
      accept: 'application/json',
      'user-agent': 'suture',
      ...(request.body === undefined
        ? {}
        : { 'content-type': request.contentType, 'content-length': Buffer.byteLength(body) }),
      ...access.request.headers,
    },
  })
  const broken = (code: string) => resolve({ kind: 'broken', sent, code })
  client.on('error', (error: NodeJS.ErrnoException) => broken(error.code ?? error.name))
  client.on('close', () => broken('ECONNRESET'))
  const send = () => {
    if (request.signal.aborted) return
    if (!request.maySend()) {
      resolve({ kind: 'refused_to_send' })
      client.destroy()
      return
    }
    sent = true
    client.end(body)
  }
  client.on('socket', (socket) => {
    // A proxy's agent hands over a connection that already stands.
    if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', send)
    else send()
  })
  client.on('response', (response) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= BODY_LIMIT) return
      broken('an answer above 32 MB')
      client.destroy()
    })
    response.on('end', () => {
      if (!response.complete) return broken('ECONNRESET')
      resolve({
        kind: 'answered',
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString('utf8'),
      })
    })
    response.on('error', () => broken('ECONNRESET'))
  })
  return promise
}

/** A server may stand below a path, as Rancher's do. */
const urlOf = (server: URL, path: string): URL =>
  new URL(`${server.origin}${server.pathname.replace(/\/$/, '')}${path}`)
