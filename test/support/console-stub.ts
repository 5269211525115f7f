import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { projectRoot } from '../../scripts/project-files.ts'
import { stubRoutes } from './console-stub-routes.ts'
import { type StubWorld, stubWorld } from './console-stub-world.ts'

/**
 * A STUB of the service, for tests of the console alone: it serves `console/` under the policy of the real server and
 * canned answers in the shapes of `/v1`. What it answers shows nothing about the service itself.
 */

export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface ConsoleStub {
  readonly url: string
  readonly world: StubWorld
  /** Tells the pages that something has changed. */
  readonly emit: (topic: string, id: string) => void
  /** Ends every feed of events; new ones are refused until `accept` is called. */
  readonly breakFeeds: () => void
  readonly acceptFeeds: () => void
  readonly feeds: () => number
  readonly close: () => Promise<void>
}

export async function startConsoleStub(options: { lab?: boolean; port?: number } = {}): Promise<ConsoleStub> {
  const world = stubWorld(options.lab ?? true)
  const feeds = new Set<ServerResponse>()
  let refusing = false
  const emit = (topic: string, id: string) => {
    for (const feed of feeds) feed.write(`event: change\ndata: ${JSON.stringify({ topic, id })}\n\n`)
  }
  const routes = stubRoutes(world, emit)

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stub')
    if (url.pathname === '/health' && request.headers.accept?.includes('text/html') !== true)
      return openHealth(response)
    if (url.pathname === '/v1/events') return openFeed(request, response)
    if (!url.pathname.startsWith('/v1/')) return serveFile(url.pathname, response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const body: unknown = text === '' ? null : JSON.parse(text)
    const method = request.method ?? 'GET'
    world.requests.push({ method, path: url.pathname, body, headers: request.headers })
    const result = await routes(method, url, body, request.headers)
    response.writeHead(result.status, {
      'content-type': result.status >= 400 ? 'application/problem+json' : 'application/json',
      'x-api-version': '1',
      ...result.headers,
    })
    response.end(result.body === undefined ? '' : JSON.stringify(result.body))
  }

  function openHealth(response: ServerResponse): void {
    const { away } = world
    const failing = away === null ? [] : [{ name: 'database', status: 'fail', detail: away, since: null }]
    response.writeHead(away === null ? 200 : 503, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ status: away === null ? world.health.status : 'fail', version: '0.1.0', failing }),
    )
  }

  function openFeed(request: IncomingMessage, response: ServerResponse): void {
    if (refusing) {
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': ping\n\n')
    feeds.add(response)
    request.on('close', () => feeds.delete(response))
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    emit,
    breakFeeds: () => {
      refusing = true
      for (const feed of feeds) feed.destroy()
    },
    acceptFeeds: () => {
      refusing = false
    },
    feeds: () => feeds.size,
    close: () =>
      new Promise((resolve) => {
        for (const feed of feeds) feed.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const inside = path.startsWith('/assets/') ? normalize(path.slice('/assets/'.length)) : 'index.html'
  const file = join(projectRoot, 'console', inside)
  if (inside.startsWith('..') || !existsSync(file)) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
  })
  response.end(await readFile(file))
}
