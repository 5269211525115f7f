import { createServer, type RequestListener, type Server } from 'node:http'

export interface OpenPort {
  readonly server: Server
  readonly port: number
  /** Requests are answered by this from now on; until then they get 503. */
  readonly handle: (listener: RequestListener) => void
  readonly close: () => Promise<void>
}

const portsTried = 50

/** Takes the port before anything else starts, so that a taken one is known at once. */
export const takePort = async (host: string, port: number, mayMove: boolean): Promise<OpenPort> => {
  let listener: RequestListener = (_request, response) => {
    response.writeHead(503, {
      'content-type': 'application/problem+json',
      'retry-after': '1',
      'x-api-version': '1',
    })
    response.end(
      JSON.stringify({
        type: 'about:blank',
        title: 'Starting',
        status: 503,
        detail: 'Suture is starting.',
        code: 'unavailable',
        remedy: 'Try again in a moment.',
      }),
    )
  }
  for (let at = 0; ; at += 1) {
    const server = createServer((request, response) => listener(request, response))
    const taken = await tryListen(server, host, port === 0 ? 0 : port + at)
    if (taken !== null)
      return {
        server,
        port: taken,
        handle: (next) => {
          listener = next
        },
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve())
            server.closeIdleConnections()
            // Event streams never end by themselves.
            setTimeout(() => server.closeAllConnections(), 500).unref()
          }),
      }
    if (!mayMove || at >= portsTried) throw new PortTaken(host, port)
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
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
