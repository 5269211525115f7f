import { OpenAPIHono } from '@hono/zod-openapi'
import { createAuthenticator } from './auth/authenticate.ts'
import { createChatHooks, hookPrefix } from './chat-hooks.ts'
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
import { auditRoutes } from './routes/audit.ts'
import { auditLogRoutes } from './routes/audit-log.ts'
import { breakGlassRoutes } from './routes/break-glass.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { changeRoutes } from './routes/changes.ts'
import { chartRoutes } from './routes/charts.ts'
import { delegationRoutes } from './routes/delegations.ts'
import { documentRoutes } from './routes/document.ts'
import { eventRoutes } from './routes/events.ts'
import { formRoutes } from './routes/forms.ts'
import { healthRoutes } from './routes/health.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { labRoutes } from './routes/lab.ts'
import { learningRoutes } from './routes/learning.ts'
import { linkRoutes } from './routes/links.ts'
import { modeRoutes } from './routes/modes.ts'
import { policyRoutes } from './routes/policy.ts'
import { runRoutes } from './routes/runs.ts'
import { selfTestRoutes } from './routes/self-test.ts'
import { sessionRoutes } from './routes/session.ts'
import { silenceRoutes } from './routes/silences.ts'
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

/** OpenAPI's notation as the router has it. */
const routeOf = (path: string, takesRest: boolean): string =>
  `${path.replaceAll(/\{(\w+)\}/g, ':$1')}${takesRest ? '{.+}' : ''}`

export const createHttpApp = (deps: HttpDeps): HttpApp => {
  const hosts = createHostCheck(deps.allowedHosts)
  const authenticator = createAuthenticator(deps.app, { lab: deps.lab !== null })
  const streams = createLiveStreams(deps.events, deps.pingMs ?? defaultPingMs)
  const intake = createIntake(deps, hosts)
  const hooks = createChatHooks(deps, hosts)
  const api = new OpenAPIHono<HttpEnv>()
  const operations = [
    ...healthRoutes(deps),
    ...selfTestRoutes(deps),
    ...sessionRoutes(deps, streams),
    ...labRoutes(deps),
    ...incidentRoutes(deps),
    ...runRoutes(deps),
    ...approvalRoutes(deps),
    ...changeRoutes(deps),
    ...silenceRoutes(deps),
    ...calendarRoutes(deps),
    ...delegationRoutes(deps),
    ...adminRoutes(deps, streams),
    ...formRoutes(deps),
    ...modeRoutes(deps),
    ...breakGlassRoutes(deps),
    ...learningRoutes(deps),
    ...chartRoutes(deps),
    ...linkRoutes(deps),
    ...policyRoutes(deps),
    ...auditRoutes(deps),
    ...auditLogRoutes(deps),
    ...eventRoutes(streams, authenticator),
    ...documentRoutes(createDocument(api, deps.version)),
  ]
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
    const handler = serveOperation(operation, serving)
    for (const path of [operation.path, ...operation.aliases])
      api.on(operation.method.toUpperCase(), routeOf(path, operation.takesRest), handler)
  }

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
      if (method === 'POST' && url.startsWith(hookPrefix, path)) {
        const [chat = ''] = url.slice(path + hookPrefix.length).split('?', 1)
        return hooks(request, chat, node)
      }
      return api.fetch(request, node)
    },
    operations,
    close: () => streams.endAll(),
  }
}
