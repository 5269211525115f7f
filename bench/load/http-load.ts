import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'

/**
 * HTTP/1.1 over plain sockets, written ahead: on two cores a comfortable client would cost as much as the server it
 * measures. One request at a time on each connection, connections kept alive.
 */
export interface Target {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Loaded {
  readonly elapsedMs: number
  /** One figure a request, in order of their ends. */
  readonly latenciesMs: readonly number[]
}

export const requestBytes = ({ port, path, headers }: Target, body: string): Buffer => {
  const bytes = Buffer.from(body, 'utf8')
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes])
}

/** Sends everything over `connections` and resolves with the last answer. Any answer but 2xx ends it with an error. */
export const postAll = async (
  port: number,
  requests: readonly Buffer[],
  connections: number,
): Promise<Loaded> => {
  const sockets = await Promise.all(
    Array.from({ length: Math.min(connections, requests.length) }, () => connect(port)),
  )
  const latenciesMs: number[] = []
  let next = 0
  const started = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      const exchange = exchangeOn(socket)
      for (;;) {
        const request = requests[next]
        next += 1
        if (request === undefined) return
        const sent = performance.now()
        const { status, body } = await exchange(request)
        if (status < 200 || status > 299)
          throw new Error(`port ${port} answered ${status} where 2xx was expected: ${body.slice(0, 300)}`)
        latenciesMs.push(performance.now() - sent)
      }
    }),
  )
  const elapsedMs = performance.now() - started
  for (const socket of sockets) socket.destroy()
  return { elapsedMs, latenciesMs }
}

const connect = async (port: number): Promise<Socket> => {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

interface Answer {
  readonly status: number
  readonly body: string
}

const exchangeOn = (socket: Socket): ((request: Buffer) => Promise<Answer>) => {
  let received = ''
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null
  const fail = (error: Error): void => {
    waiting?.reject(error)
    waiting = null
  }
  socket.setEncoding('latin1')
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection before it answered')))
  socket.on('data', (chunk: string) => {
    received += chunk
    const answer = readAnswer(received)
    if (answer === null || waiting === null) return
    received = ''
    const { resolve } = waiting
    waiting = null
    resolve(answer)
  })
  return (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      socket.write(request)
    })
}

/** The answer once it is complete, by its length or its last chunk; null until then. */
export const readAnswer = (text: string): Answer | null => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const status = Number(text.slice(9, 12))
  const body = text.slice(end + 4)
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
  if (length !== undefined) return body.length >= Number(length) ? { status, body } : null
  if (/\r\ntransfer-encoding: *chunked/i.test(text.slice(0, end)))
    return body.endsWith('0\r\n\r\n') ? { status, body } : null
  return { status, body }
}
