import { createServer, type RequestListener, type Server } from 'node:http'
import { notReady } from './not-ready.ts'

export interface OpenPort {
  readonly server: Server
  readonly port: number
  /** Requests are answered by this from now on; until then they get 503. */
  readonly handle: (listener: RequestListener) => void
  readonly close: () => Promise<void>
}

const portsTried = 50

/** Node's own are five minutes for a request: whoever sends a byte now and then could hold every connection there is. */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 }

/** Takes the port before anything else starts, so that a taken one is known at once. */
export const takePort = async (host: string, port: number, mayMove: boolean): Promise<OpenPort> => {
  let listener: RequestListener = notReady
  for (let at = 0; ; at += 1) {
    const server = createServer(patience, (request, response) => listener(request, response))
    let closing: Promise<void> | undefined
    const taken = await tryListen(server, host, port === 0 ? 0 : port + at)
    if (taken !== null)
      return {
        server,
        port: taken,
        handle: (next) => {
          listener = next
        },
        close: () => (closing ??= closeServer(server)),
      }
    if (!mayMove || at >= portsTried || port + at >= 65_535) throw new PortTaken(host, port)
  }
}

export class PortTaken extends Error {
  constructor(host: string, port: number) {
    super(
      `Port ${port} on ${host} is taken by another program. Stop that program, or set SUTURE_PORT to another port.`,
    )
  }
}

const tryListen = (server: Server, host: string, port: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    // Stays when it listens: a failing accept (too many open files) must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(new PortRefused(host, port, error)),
    )
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

class PortRefused extends Error {
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(
      `This machine does not let Suture listen on ${host} port ${port} (${cause.code ?? cause.message}). Set SUTURE_HOST to one of its own addresses, and SUTURE_PORT to 1024 or more.`,
    )
  }
}

/** How long a request under way is waited for. */
const lastAnswersMs = 2_000
const lookForIdleMs = 50

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // A connection that is kept alive becomes idle only after its last answer.
    const idle = setInterval(() => server.closeIdleConnections(), lookForIdleMs)
    const late = setTimeout(() => server.closeAllConnections(), lastAnswersMs)
    server.close(() => {
      clearInterval(idle)
      clearTimeout(late)
      resolve()
    })
    server.closeIdleConnections()
  })
