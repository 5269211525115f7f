/**
 * One instance of one service: a process of its own, started by the supervisor.
 *
 *   GET /health   health+json of this instance, 503 when it is unfit to serve
 *   GET /order    the work: price the basket, then call the dependency
 *   GET /quote    the pricing alone; what the crowd asks for when the service is overloaded
 *
 * It installs no signal handlers: SIGTERM ends it even while it hangs.
 */
import { Agent, createServer, type ServerResponse } from 'node:http'
import { flushCompileCache } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createBreaker } from './breaker.ts'
import { ESTATE, LOG_LEVELS, type LogLevel, WORK_MS } from './estate.ts'
import { describeHealth } from './health.ts'
import { httpGet } from './http-get.ts'
import { hangForever, startLeak } from './instance-faults.ts'
import { createPriceCache } from './price-cache.ts'
import type { Detail, FromInstance, InstanceSetup, ToInstance } from './protocol.ts'
import { createWorkQueue } from './work-queue.ts'

const CACHE_MISS_MS = 10
const REMEMBERED_ORDERS = 20

const rawSetup = process.env.LAB_INSTANCE
if (!rawSetup || !process.send) {
  console.error('lab/service.ts is started by lab/supervisor.ts, not by hand. Start the lab with: npm start')
  process.exit(2)
}
const setup = JSON.parse(rawSetup) as InstanceSetup
const spec = ESTATE[setup.service]
const instanceName = `${spec.name}-${process.pid}`
process.title = `lab ${spec.name}`

// The pipe to the supervisor is the lifeline: without it there is nobody left to serve for.
process.on('disconnect', () => process.exit(0))
if (process.ppid !== setup.supervisorPid) process.exit(0)

let flags = setup.flags
let logLevel = setup.logLevel
let flagFailures = 0
let pricedBehindFlag = 0
const queue = createWorkQueue()
const cache = createPriceCache()
const breaker = createBreaker()
const outcomes: boolean[] = []
const agent = new Agent({ keepAlive: true })

type Answer = { readonly status: number; readonly body: unknown; readonly type: string }

const now = () => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })

function log(level: LogLevel, message: string, more: Detail = {}): void {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(logLevel)) return
  process.stdout.write(
    `${JSON.stringify({ time: now(), level, instance: instanceName, message, ...more })}\n`,
  )
}

const ok = (body: unknown): Answer => ({ status: 200, body, type: 'application/json' })
const problem = (status: number, title: string, detail: string, more: Detail = {}): Answer => ({
  status,
  body: { type: 'about:blank', title, status, detail, service: spec.name, instance: instanceName, ...more },
  type: 'application/problem+json',
})

function health(): Answer {
  const body = describeHealth({
    service: spec.name,
    title: spec.title,
    instance: instanceName,
    time: now(),
    residentMb: process.memoryUsage.rss() / 1024 / 1024,
    circuit: { name: spec.circuit, state: breaker.state(), since: breaker.since() },
    flags,
    flagFailures,
    capacityPercent: queue.utilizationPercent(),
    waiting: queue.waiting(),
    cacheHitPercent: cache.hitPercent(),
    errorPercent: outcomes.length
      ? Math.round((100 * outcomes.filter((good) => !good).length) / outcomes.length)
      : 0,
  })
  return { status: body.status === 'fail' ? 503 : 200, body, type: 'application/health+json' }
}

async function price(): Promise<Answer | null> {
  await queue.work(cache.lookUp() ? WORK_MS : WORK_MS + CACHE_MISS_MS)
  // The new pricing knows no price for some baskets: three of five, spread so that no two in a row are good.
  if (flags['new-pricing'].enabled && (pricedBehindFlag++ * 3) % 5 < 3) {
    flagFailures += 1
    return problem(500, 'Pricing failed', "TypeError: cannot read properties of undefined (reading 'tier')", {
      code: 'new-pricing',
    })
  }
  return null
}

/** payments has no service behind it; its bank is a stand-in that always answers, at the end of a real breaker. */
async function callDependency(): Promise<Answer | null> {
  const [dependency] = spec.dependsOn
  if (!breaker.admits()) {
    return problem(500, 'Circuit open', `the circuit to ${spec.circuit} is open since ${breaker.since()}`, {
      dependency: spec.circuit,
    })
  }
  if (!dependency) {
    breaker.report(true)
    return null
  }
  const answer = await httpGet(`${setup.labUrl}/svc/${dependency}/order`, spec.dependencyTimeoutMs, agent)
  const good = answer.kind === 'answer' && answer.status < 500
  breaker.report(good)
  if (good) return null
  const why = answer.kind === 'answer' ? `answered ${answer.status}` : answer.detail
  return problem(503, 'Dependency failed', `${dependency}: ${why}`, { dependency })
}

async function order(): Promise<Answer> {
  const failure = (await price()) ?? (await callDependency())
  outcomes.push(failure === null)
  if (outcomes.length > REMEMBERED_ORDERS) outcomes.shift()
  return failure ?? ok({ service: spec.name, instance: instanceName, order: 'accepted' })
}

const quote = async (): Promise<Answer> => (await price()) ?? ok({ service: spec.name, amount: 1_999 })

function send(response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(JSON.stringify(body))
}

async function answerTo(method: string, path: string): Promise<Answer> {
  if (method !== 'GET') return problem(405, 'Method not allowed', `${method} is not served here; use GET`)
  if (path === '/health') return health()
  if (path === '/order') return order()
  if (path === '/quote') return quote()
  return problem(404, 'Not found', `${path} is not served here; there are /health, /order and /quote`)
}

async function serve(method: string, path: string, response: ServerResponse): Promise<void> {
  const began = performance.now()
  const answer = await answerTo(method, path)
  send(response, answer)
  // A crowd's quotes would only drown the orders.
  if (path === '/quote') return
  const ms = Math.round(performance.now() - began)
  log(answer.status >= 500 ? 'ERROR' : 'DEBUG', `${path} ${answer.status}`, { ms, waiting: queue.waiting() })
}

const server = createServer((request, response) => {
  void serve(request.method ?? 'GET', request.url ?? '/', response)
})
// Longer than the balancer keeps a connection idle, so that it never writes into one just closed.
server.keepAliveTimeout = 60_000

const say = (message: FromInstance, sent: () => void = () => {}) =>
  process.send?.(message, undefined, {}, sent)

function obey(message: ToInstance): Detail {
  switch (message.type) {
    case 'flags':
      if (flags['new-pricing'].since !== message.flags['new-pricing'].since) flagFailures = 0
      flags = message.flags
      return {}
    case 'log-level':
      logLevel = message.level
      return {}
    case 'warm-cache':
      return cache.warm()
    case 'flush-circuits':
      return { before: breaker.flush(), after: breaker.state() }
    case 'break':
      if (message.fault === 'errors') breaker.stick()
      if (message.fault === 'leak') startLeak(setup.leakMbPerSecond)
      return {}
  }
}

process.on('message', (message: ToInstance) => {
  const detail = obey(message)
  log('INFO', message.type, detail)
  say({ type: 'done', id: message.id, detail }, () => {
    // Only once the answer has left: neither of these two will say anything again.
    if (message.type !== 'break') return
    if (message.fault === 'crash') process.exit(1)
    if (message.fault === 'hang') hangForever(setup.supervisorPid)
  })
})

server.listen(0, '127.0.0.1', () => {
  log('INFO', 'started')
  say({ type: 'ready', port: (server.address() as AddressInfo).port })
  // Written at a normal exit only, and an instance never has one. It spares the next ones the type stripper: 30 MB each.
  setTimeout(flushCompileCache, 1_000)
})
