import { OpenAPIHono } from '@hono/zod-openapi'
import { createAuthenticator } from './auth/authenticate.ts'
import { defaultHttpLimits, type HttpDeps } from './deps.ts'
import { type HttpEnv, nodeBindings } from './exchange.ts'
import { createFrame } from './frame.ts'
import { createHostCheck } from './host-check.ts'
import { createIdempotent } from './idempotency.ts'
import { createIntake, intakePrefix } from './intake.ts'
import { createLiveStreams } from './live-streams.ts'
import { createDocument, describeOperation } from './openapi.ts'
import type { Operation } from './operation.ts'
import { adminRoutes } from './routes/admin.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { labRoutes } from './routes/lab.ts'
import { runRoutes } from './routes/runs.ts'
import { sessionRoutes } from './routes/session.ts'
import { serveOperation } from './serve-operation.ts'
import { readConsoleFile } from './static-files.ts'
import { unknownRoute } from './unknown-route.ts'

/** Everything that is reached by HTTP: `/v1`, the intake, the document, and the console's files. */
export interface HttpApp {
  /** As `@hono/node-server` calls it; without Node's bindings it answers plain Requests, as tests send them. */
  readonly fetch: (request: Request, env?: unknown) => Promise<Response>
  readonly operations: readonly Operation[]
  /** Ends the live streams, which would otherwise keep a server from closing. */
  readonly close: () => void
}

const defaultPingMs = 15_000

export const createHttpApp = (deps: HttpDeps): HttpApp => {
  const hosts = createHostCheck(deps.allowedHosts)
  const authenticator = createAuthenticator(deps.app, { lab: deps.lab !== null })
  const streams = createLiveStreams(deps.events, deps.pingMs ?? defaultPingMs)
  const intake = createIntake(deps, hosts)
  const operations = [
    ...healthRoutes(deps),
    ...sessionRoutes(deps, streams),
    ...labRoutes(deps),
    ...incidentRoutes(deps),
    ...runRoutes(deps),
    ...approvalRoutes(deps),
    ...adminRoutes(deps, streams),
    ...eventRoutes(streams, authenticator),
  ]
  const api = new OpenAPIHono<HttpEnv>()
  api.use('*', createFrame(deps, hosts))
  // The frame answers: it also knows the request's id.
  api.onError(() => new Response(null, { status: 500 }))

  const serving = {
    authenticator,
    idempotent: createIdempotent(deps.app),
    hosts,
    bodyBytes: (deps.limits ?? defaultHttpLimits).bodyBytes,
  }
  const { consoleDir } = deps
  // A person who opens this address wants the console's page of it; whoever probes it wants the answer.
  api.get('/health', async (c, next) => {
    const wantsPage = consoleDir !== null && c.req.header('accept')?.includes('text/html') === true
    const page = wantsPage ? await readConsoleFile(consoleDir, '/health', null) : null
    return page ?? next()
  })
  for (const operation of operations) {
    describeOperation(api, operation)
    api.on(
      operation.method.toUpperCase(),
      operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      serveOperation(operation, serving),
    )
  }

  const document = createDocument(api, deps.version)
  for (const path of ['/openapi.json', '/v1/openapi.json'])
    api.get(path, (c) => {
      const { text, etag } = document()
      const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'application/json' }
      return c.req.header('if-none-match') === etag
        ? new Response(null, { status: 304, headers })
        : new Response(text, { headers })
    })

  api.notFound(async (c) => {
    const { pathname } = new URL(c.req.url)
    const isFile =
      consoleDir !== null &&
      !pathname.startsWith('/v1') &&
      (c.req.method === 'GET' || c.req.method === 'HEAD')
    const file = isFile
      ? await readConsoleFile(consoleDir, pathname, c.req.header('if-none-match') ?? null)
      : null
    if (file !== null) return file
    throw unknownRoute(operations, c.req.method, pathname)
  })

  return {
    fetch: async (request, env) => {
      const node = nodeBindings(env)
      const { method, url } = request
      const path = url.indexOf('/', 8)
      if (method === 'POST' && url.startsWith(intakePrefix, path)) {
        const [source = ''] = url.slice(path + intakePrefix.length).split('?', 1)
        return intake(request, source, node)
      }
      return api.fetch(request, node)
    },
    operations,
    close: () => streams.endAll(),
  }
}
