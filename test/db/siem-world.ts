import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { App } from '../../src/app/app.ts'
import { feedSiem, type SiemFeed } from '../../src/app/audit/siem-feed.ts'
import type { AuditSink } from '../../src/app/ports.ts'
import { readSiemLag } from '../../src/storage/siem.repository.ts'
import { loopbackCertificate, loopbackKey } from '../support/loopback-certificate.ts'

/** Receivers that break connections, and what they have got all the same. */

export interface Told {
  readonly message: string
  readonly metadata: { readonly uid: string; readonly sequence: number; readonly tenant_uid: string }
  readonly unmapped: { readonly subject: string; readonly details: Readonly<Record<string, unknown>> }
}

export const feedOf = (sink: AuditSink, given: Partial<SiemFeed> = {}): SiemFeed => ({
  sink,
  name: 'test',
  version: '1.2.3',
  clean: (text) => text,
  ...given,
})

export interface Receiver {
  readonly port: number
  /** Whole events in the order in which they arrived, those of batches that were broken off too. */
  readonly told: Told[]
  /** What came before the JSON of each. */
  readonly heads: string[]
  readonly close: () => Promise<void>
}

/**
 * Reads octet-counted frames. Its n-th connection is reset by force once `breaks[n]` bytes have come (0: at once); null and
 * whatever comes after the last one is read to the end.
 */
export const syslogReceiver = async (
  breaks: readonly (number | null)[],
  secure = false,
): Promise<Receiver> => {
  const told: Told[] = []
  const heads: string[] = []
  const raw = new Set<Socket>()
  let connections = 0
  const read = (socket: Socket, reset: () => void, most: number | null): void => {
    let waiting = Buffer.alloc(0)
    let seen = 0
    socket.on('error', () => undefined)
    if (most === 0) {
      reset()
      return
    }
    socket.on('data', (piece: Buffer) => {
      seen += piece.length
      waiting = Buffer.concat([
        waiting,
        most === null ? piece : piece.subarray(0, piece.length - Math.max(0, seen - most)),
      ])
      for (;;) {
        const space = waiting.indexOf(0x20)
        const length = Number(waiting.subarray(0, Math.max(space, 0)).toString())
        if (space === -1 || waiting.length < space + 1 + length) break
        const text = waiting.subarray(space + 1, space + 1 + length).toString('utf8')
        const mark = text.indexOf('\uFEFF')
        heads.push(text.slice(0, mark))
        told.push(JSON.parse(text.slice(mark + 1)) as Told)
        waiting = waiting.subarray(space + 1 + length)
      }
      if (most !== null && seen >= most) reset()
    })
  }
  const nextBreak = (): number | null => breaks[connections++] ?? null
  const server: Server = secure
    ? createTlsServer({ key: loopbackKey, cert: loopbackCertificate })
    : createTcpServer((socket) => read(socket, () => socket.resetAndDestroy(), nextBreak()))
  server.on('connection', (socket: Socket) => raw.add(socket))
  if (secure)
    server.on('secureConnection', (socket: Socket) =>
      read(
        socket,
        () => {
          for (const each of raw) if (each.remotePort === socket.remotePort) each.resetAndDestroy()
        },
        nextBreak(),
      ),
    )
  server.on('tlsClientError', () => undefined)
  return { ...(await listening(server)), told, heads }
}

export interface Post {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers its n-th request with `answers[n]`; `cut` breaks the connection off after reading, without an answer. */
export const webhookReceiver = async (
  answers: readonly (number | 'cut')[],
): Promise<Receiver & { readonly posts: Post[] }> => {
  const told: Told[] = []
  const posts: Post[] = []
  let requests = 0
  const server = createHttpServer((request, response) => {
    const answer = answers[requests++] ?? 204
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8')
      if (answer === 'cut') {
        request.socket.destroy()
        return
      }
      if (answer < 300) {
        posts.push({ headers: request.headers, body })
        told.push(...linesOf(body))
      }
      response.writeHead(answer).end()
    })
  })
  return { ...(await listening(server)), told, heads: [], posts }
}

export const linesOf = (text: string): Told[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told)

const listening = async (server: Server): Promise<Pick<Receiver, 'port' | 'close'>> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Longer than any wait between two tries. */
const pastBackOffMs = 301_000

/**
 * Feeds until the SIEM has everything. `mayLive` says before each cursor moves whether the process goes on; one that does not is
 * followed by the next. Returns how many died and how many tries failed.
 */
export const feedAll = async (
  { app, shift }: { readonly app: App; readonly shift: (ms: number) => void },
  feed: SiemFeed,
  mayLive: () => boolean = () => true,
): Promise<{ deaths: number; failures: string[] }> => {
  const failures: string[] = []
  let deaths = 0
  const checkpoint = async (): Promise<void> => {
    if (mayLive()) return
    deaths += 1
    throw new Error('killed')
  }
  for (let turns = 0; turns < 200; turns += 1) {
    failures.push(
      ...(await feedSiem({ ...app, checkpoint }, feed).catch((error: unknown) => {
        if (error instanceof Error && error.message === 'killed') return []
        throw error
      })),
    )
    if ((await readSiemLag(app.store, feed.name)).waiting === 0) return { deaths, failures }
    shift(pastBackOffMs)
  }
  throw new Error(
    `the SIEM has not got everything after 200 turns; the last failures: ${failures.slice(-3).join('; ')}`,
  )
}

/** Numbers of entries in the order in which each came for the first time. */
export const firstOf = (told: readonly Told[], tenantId = 'lab'): number[] => [
  ...new Set(
    told.filter(({ metadata }) => metadata.tenant_uid === tenantId).map(({ metadata }) => metadata.sequence),
  ),
]
