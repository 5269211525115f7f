import type { ErrorHandler, MiddlewareHandler } from 'hono'
import type { HttpDeps } from './deps.ts'
import { type Exchange, type HttpEnv, nodeOf } from './exchange.ts'
import { problemOfFault } from './faults.ts'
import { auditGateway, isDenied } from './gateway-audit.ts'
import { dress } from './headers.ts'
import { foreignHost, type HostCheck } from './host-check.ts'
import { problemResponse } from './problem.ts'

/** What surrounds every request but the intake's: its id, the Host check, the headers, and the line in the gateway's audit. */
export interface Frame {
  readonly middleware: MiddlewareHandler<HttpEnv>
  readonly onError: ErrorHandler<HttpEnv>
}

/** Asked by load balancers and kubelets, by address and without a name; it tells nothing but whether Suture is there. */
const openToAnyHost = '/health'

export const createFrame = ({ app }: HttpDeps, hosts: HostCheck): Frame => ({
  middleware: async (c, next) => {
    const { incoming } = nodeOf(c)
    const exchange: Exchange = {
      requestId: app.ids.uuid(),
      remote: incoming?.socket.remoteAddress ?? null,
      route: null,
      caller: null,
      refusal: null,
    }
    c.set('exchange', exchange)
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (c.req.path === openToAnyHost || hosts.isOurHost(host)) await next()
    else {
      const { facts } = foreignHost(host)
      exchange.refusal = facts.code
      c.res = problemResponse(facts, exchange.requestId)
    }
    dress(c.res.headers, exchange.requestId)
    const { status } = c.res
    const isApi = exchange.route?.startsWith('/v1') === true || c.req.path.startsWith('/v1')
    if (isApi || isDenied(status))
      auditGateway(app.log, {
        requestId: exchange.requestId,
        method: c.req.method.slice(0, 20),
        route: exchange.route ?? 'unknown',
        status,
        remote: exchange.remote,
        caller: exchange.caller,
        refusal: exchange.refusal,
      })
  },
  onError: (error, c) => {
    const exchange = c.get('exchange')
    const facts = problemOfFault(error, exchange.requestId, app.log)
    exchange.refusal = facts.code
    return problemResponse(facts, exchange.requestId)
  },
})
