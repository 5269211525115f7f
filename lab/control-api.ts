/**
 * Everything the lab answers, on one loopback port.
 *
 *   GET  /svc/:name/{health,order,quote}   the estate itself, load-balanced              open
 *   GET  /state                            what runs and what is broken                  open
 *   POST /services/:name/{break,mend}      break it, put it back                         token
 *   POST /services/:name/...               the six remedies, once per Idempotency-Key    token
 *   GET  /effects, /effects/:key           which remedies really took place              token
 */
import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { forward } from './balancer.ts'
import { breakService, mendService } from './break.ts'
import type { Effects } from './effects.ts'
import type { Operation } from './estate.ts'
import { onlyLoopback, onlyWithToken } from './guard.ts'
import { inTurn, type ManagedService, type Runtime } from './managed-service.ts'
import {
  checkScale,
  flushCircuits,
  type Result,
  restart,
  scale,
  setFlag,
  setLogLevel,
  warmCache,
} from './operations.ts'
import { Problem, problemResponse } from './problem.ts'
import {
  Break,
  flagIn,
  keyIn,
  Nothing,
  readBody,
  Scale,
  SetFlag,
  SetLogLevel,
  serviceIn,
} from './requests.ts'
import { describeEstate } from './state.ts'

const MAX_BODY_BYTES = 16 * 1024
const ESTATE_PATHS = new Set(['/health', '/order', '/quote'])

type Remedy<T extends z.ZodType> = {
  readonly operation: Operation
  readonly body: T
  readonly check?: (service: ManagedService, body: z.output<T>, context: Context) => void
  readonly perform: (service: ManagedService, body: z.output<T>, context: Context) => Promise<Result>
}

export type ControlApi = {
  readonly runtime: Runtime
  readonly effects: Effects
  readonly token: string
  readonly healthy: (service: ManagedService) => boolean | null
}

export function createControlApi({ runtime, effects, token, healthy }: ControlApi): Hono {
  const app = new Hono()
  const service = (context: Context) => runtime.services[serviceIn(context)]
  const withToken = onlyWithToken(token)

  app.onError((error, context) => {
    if (!(error instanceof Problem))
      runtime.log(`${context.req.method} ${context.req.path}: ${error.stack ?? error}`)
    const known =
      error instanceof Problem
        ? error
        : new Problem(
            500,
            'failed',
            'The lab failed',
            error.message,
            'See the log of the lab; then mend the service.',
          )
    return problemResponse(known.body, known.body.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
  })
  app.notFound((context) => problemResponse(nothingAt(context).body))
  app.use(onlyLoopback)

  app.get('/svc/:name/*', async (context) => {
    const target = service(context)
    const path = context.req.path.slice(`/svc/${target.name}`.length)
    if (!ESTATE_PATHS.has(path)) throw nothingAt(context)
    const { status, type, body } = await forward(target, path)
    return new Response(body, { status, headers: { 'content-type': type, 'cache-control': 'no-store' } })
  })
  app.get('/state', (context) => context.json(describeEstate(runtime, effects.total(), healthy)))

  app.use('/services/*', withToken)
  app.use('/effects/*', withToken)
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => problemResponse(tooLarge().body) }))

  app.post('/services/:name/break', async (context) => {
    const target = service(context)
    const { fault } = await readBody(context, Break)
    const work = () => breakService(runtime, target, fault, () => forward(target, '/quote'))
    return context.json(await inTurn(target, work))
  })
  app.post('/services/:name/mend', async (context) => {
    const target = service(context)
    await readBody(context, Nothing)
    return context.json(await inTurn(target, () => mendService(runtime, target)))
  })

  /** One remedy as a route: at most one effect per key, a repeat answered with the first's result. */
  function remedy<T extends z.ZodType>(path: string, { operation, body, check, perform }: Remedy<T>): void {
    app.post(`/services/:name/${path}`, async (context) => {
      const target = service(context)
      const parsed = await readBody(context, body)
      const parameters = { ...context.req.param(), ...(parsed as Result) }
      const key = keyIn(context, () => `unkeyed-${randomUUID()}`)
      const { result, replayed } = await effects.once(
        { key, service: target.name, operation, parameters },
        {
          inTurn: (work) => inTurn(target, work),
          check: () => check?.(target, parsed, context),
          perform: () => perform(target, parsed, context),
        },
      )
      if (replayed) context.header('Idempotent-Replay', 'true')
      else runtime.log(`${target.name}: ${operation} ${JSON.stringify(parsed)}`)
      return context.json({ service: target.name, operation, key, ...result })
    })
  }

  remedy('restart', { operation: 'restart', body: Nothing, perform: (target) => restart(runtime, target) })
  remedy('scale', {
    operation: 'scale',
    body: Scale,
    check: (target, { delta }) => checkScale(target, delta),
    perform: (target, { delta }) => scale(runtime, target, delta),
  })
  remedy('flags/:flag', {
    operation: 'set-flag',
    body: SetFlag,
    check: (_target, _body, context) => void flagIn(context),
    perform: (target, { enabled }, context) => setFlag(target, flagIn(context), enabled),
  })
  remedy('log-level', {
    operation: 'set-log-level',
    body: SetLogLevel,
    perform: (target, { level, ttlMinutes }) => setLogLevel(target, level, ttlMinutes),
  })
  remedy('cache/warm', { operation: 'warm-cache', body: Nothing, perform: warmCache })
  remedy('circuits/flush', { operation: 'flush-circuits', body: Nothing, perform: flushCircuits })

  app.get('/effects', async (context) => {
    const all = await effects.all()
    return context.json({ total: effects.total(), counts: countByOperation(all), effects: all })
  })
  app.get('/effects/:key', async (context) => {
    const key = context.req.param('key')
    const effect = await effects.find(key)
    if (effect) return context.json(effect)
    const detail = `no effect with key ${JSON.stringify(key.slice(0, 200))} took place`
    throw new Problem(
      404,
      'no-such-effect',
      'It did not happen',
      detail,
      'Sending the request with this key is safe.',
    )
  })
  return app
}

type Counts = Record<string, Record<string, number>>

function countByOperation(all: readonly { service: string; operation: string; count: number }[]): Counts {
  const counts: Counts = {}
  for (const { service, operation, count } of all) {
    const ofService = (counts[service] ??= {})
    ofService[operation] = (ofService[operation] ?? 0) + count
  }
  return counts
}

const nothingAt = (context: Context): Problem => {
  const what = `${context.req.method} ${context.req.path}`
  return new Problem(
    404,
    'not-found',
    'Nothing here',
    `${what} is not served`,
    'GET /state shows what there is.',
  )
}

const tooLarge = (): Problem =>
  new Problem(
    413,
    'body-too-large',
    'The body is too large',
    `at most ${MAX_BODY_BYTES} bytes are read`,
    'Send less.',
    [{ field: 'body', message: `at most ${MAX_BODY_BYTES} bytes` }],
  )
