import { z } from '@hono/zod-openapi'
import type { HealthReport, HttpDeps } from '../deps.ts'
import { type Operation, openOperation, operation } from '../operation.ts'
import { HealthView } from '../schemas/identity.ts'

const OpenHealth = z
  .object({ status: z.enum(['pass', 'warn', 'fail']), version: z.string() })
  .openapi('OpenHealth')

/** Everybody may ask, so the checks themselves run at most this often. */
const freshForMs = 1_000

export const healthRoutes = (deps: HttpDeps): Operation[] => {
  const report = cached(deps)
  return [
    openOperation({
      method: 'get',
      path: '/health',
      id: 'getOpenHealth',
      summary: 'Is Suture there, and can it work? 503 when it cannot',
      tag: 'health',
      visitor: false,
      answers: OpenHealth,
      handle: async () => {
        const { status } = await report()
        return new Response(JSON.stringify({ status, version: deps.version }), {
          status: status === 'fail' ? 503 : 200,
          headers: { 'content-type': 'application/json' },
        })
      },
    }),
    operation({
      method: 'get',
      path: '/v1/health',
      id: 'getHealth',
      summary: 'Every check with its detail',
      tag: 'health',
      scopes: ['read'],
      answers: HealthView,
      handle: async () => ({ ...(await report()), version: deps.version }),
    }),
  ]
}

const cached = ({ app, health }: HttpDeps): (() => Promise<HealthReport>) => {
  let at = Number.NEGATIVE_INFINITY
  let asked: Promise<HealthReport> | null = null
  return () => {
    const now = app.clock.monotonicMs()
    if (asked === null || now - at >= freshForMs) {
      at = now
      asked = health().catch((error: unknown): HealthReport => {
        app.log.error({ error }, 'the health checks themselves failed')
        return {
          status: 'fail',
          checks: { health: { status: 'fail', detail: 'the checks could not be made; the log says why' } },
        }
      })
    }
    return asked
  }
}
