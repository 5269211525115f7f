import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { HttpApp } from './app.ts'
import { dress } from './headers.ts'
import { type ProblemFacts, problemResponse } from './problem.ts'

/** The app as a listener of Node's server; what Node cannot turn into a Request is answered with a problem too. */
export const createListener = (http: HttpApp): RequestListener =>
  getRequestListener((request, env) => http.fetch(request, env), {
    errorHandler: () => {
      const requestId = randomUUID()
      const response = problemResponse(unreadable, requestId)
      dress(response.headers, requestId)
      return response
    },
  })

const unreadable: ProblemFacts = {
  status: 400,
  title: 'Not readable as HTTP',
  code: 'invalid',
  detail: 'The address, the Host or a header of this request is not valid.',
  remedy: 'Send a plain path and one valid Host header.',
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

/** For `server.on('clientError')`: bytes that are no HTTP at all get an answer of the same form, then the connection ends. */
export const answerClientError = (error: Error, socket: Duplex): void => {
  if (!socket.writable || codeOf(error) === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const code = codeOf(error)
  const status =
    code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : unreadable.status
  const body = JSON.stringify({
    type: 'urn:suture:problem:invalid',
    ...unreadable,
    status,
    ...(status === 431
      ? {
          detail: 'headers: expected at most 16 KB in all, found more.',
          remedy: 'Send fewer or shorter headers.',
        }
      : {}),
    requestId: randomUUID(),
  })
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nX-API-Version: 1\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
