import type { MiddlewareHandler } from 'hono'
import type { HttpDeps } from './deps.ts'
import { type Exchange, type HttpEnv, nodeOf } from './exchange.ts'
import { problemOfFault } from './faults.ts'
import { auditGateway, isDenied } from './gateway-audit.ts'
import { dress } from './headers.ts'
import { foreignHost, type HostCheck } from './host-check.ts'
import { problemResponse } from './problem.ts'

/** Asked by load balancers and kubelets, by address and without a name; it tells whether Suture works and which part fails. */
const openToAnyHost = '/health'

/**
 * What surrounds every request but the intake's: its id, the Host check, the headers, and the line in the gateway's
 * audit. It catches by itself: Hono would turn a fault into an answer only outside of it, without any of these.
 */
export const createFrame =
  ({ app }: HttpDeps, hosts: HostCheck): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const { incoming } = nodeOf(c)
    const exchange: Exchange = {
      requestId: app.ids.uuid(),
      remote: incoming?.socket.remoteAddress ?? null,
      route: null,
      caller: null,
      refusal: null,
    }
    c.set('exchange', exchange)
    try {
      const host = c.req.header('host') ?? new URL(c.req.url).host
      if (c.req.path !== openToAnyHost && !hosts.isOurHost(host)) throw foreignHost(host)
      await next()
      if (c.error !== undefined) throw c.error
    } catch (error) {
      const facts = problemOfFault(error, exchange.requestId, app.log)
      exchange.refusal = facts.code
      c.res = undefined
      c.res = problemResponse(facts, exchange.requestId)
    }
    dress(c.res.headers, exchange.requestId)
    const { status } = c.res
    const isApi = exchange.route?.startsWith('/v1') === true || c.req.path.startsWith('/v1')
    // Whoever was let in somewhere else (the document) was allowed something too.
    if (!isApi && exchange.caller === null && !isDenied(status)) return
    auditGateway(app.log, {
      requestId: exchange.requestId,
      method: c.req.method.slice(0, 20),
      route: exchange.route ?? 'unknown',
      status,
      remote: exchange.remote,
      caller: exchange.caller,
      refusal: exchange.refusal,
    })
  }
