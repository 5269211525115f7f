import type { HealthReport, HttpDeps } from '../deps.ts'
import { openFailures, toTheSecond } from '../open-health.ts'
import { type Operation, openOperation, operation } from '../operation.ts'
import { HealthView, OpenHealthView } from '../schemas/identity.ts'

/** Everybody may ask, so the checks themselves run at most this often. */
const freshForMs = 1_000

export const healthRoutes = (deps: HttpDeps): Operation[] => {
  const report = cached(deps)
  return [
    openOperation({
      method: 'get',
      path: '/health',
      id: 'getOpenHealth',
      summary: 'Is Suture there, and can it work? 503 when it cannot, with what fails and since when',
      tag: 'health',
      visitor: false,
      answers: OpenHealthView,
      handle: async () => {
        const found = await report()
        const failing = openFailures(found, deps.app.clock.now())
        return new Response(JSON.stringify({ status: found.status, version: deps.version, failing }), {
          status: found.status === 'fail' ? 503 : 200,
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
      handle: async () => {
        const { status, checks } = await report()
        return { status, version: deps.version, checks: viewOf(checks) }
      },
    }),
  ]
}

const viewOf = (checks: HealthReport['checks']) =>
  Object.fromEntries(
    Object.entries(checks).map(([name, { status, detail, since }]) => [
      name,
      { status, detail, ...(since === undefined ? {} : { since: toTheSecond(since) }) },
    ]),
  )

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
