/** Finds the port the lab answers on. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const TRIES = 100

/**
 * Listens on loopback at `wanted`, or on the next free port after it. 0 lets the system choose.
 * @throws Error when 100 ports in a row are taken
 */
export async function listenNear(server: Server, wanted: number): Promise<number> {
  const last = Math.min(65_535, wanted + TRIES - 1)
  for (let port = wanted; port <= last; port++) {
    if (await listens(server, port)) return (server.address() as AddressInfo).port
    if (wanted === 0) break
  }
  throw new Error(`no free port between ${wanted} and ${last}; give another with --port`)
}

function listens(server: Server, port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const failed = (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(false) : reject(error)
  server.once('error', failed)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', failed)
    resolve(true)
  })
  return promise
}
