/** Looks at every service as its users do, through the balancer, and reports what it finds. */
import { Agent } from 'node:http'
import { z } from 'zod'
import { allDependencies, SERVICE_NAMES, type ServiceName, UPSTREAM_TIMEOUT_MS } from './estate.ts'
import { httpGet } from './http-get.ts'
import type { Notifier } from './notifier.ts'
import { evaluate, isHealthy, isUnwell, type Probe, WINDOW } from './rules.ts'

export type Prober = {
  readonly healthy: (service: ServiceName) => boolean | null
  readonly stop: () => void
}

const HEALTH_TIMEOUT_MS = 1_000
const ORDER_TIMEOUT_MS = UPSTREAM_TIMEOUT_MS + 500
/** A dependent's circuit may stay open for a second after its dependency is well, and its own dependent's for another. */
const BLAME_MS = 2_500

const HealthBody = z.object({
  status: z.enum(['pass', 'warn', 'fail']),
  checks: z.object({ 'memory:utilization': z.array(z.object({ observedValue: z.number() })).min(1) }),
})

type Watched = { probes: Probe[]; unwellAt: number; timer: NodeJS.Timeout | null }

/** @param intervalMs from the start of one probe of a service to the start of its next */
export function startProber(labUrl: string, intervalMs: number, notifier: Notifier | null): Prober {
  const agent = new Agent({ keepAlive: true })
  const watched = Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, { probes: [], unwellAt: Number.NEGATIVE_INFINITY, timer: null }]),
  ) as unknown as Record<ServiceName, Watched>
  let stopped = false

  const blamable = (name: ServiceName) => {
    const now = performance.now()
    return allDependencies(name).some((dependency) => now - watched[dependency].unwellAt < BLAME_MS)
  }

  /** Each service has a rhythm of its own: one that hangs must not slow the look at the others. */
  async function watch(name: ServiceName): Promise<void> {
    const began = performance.now()
    const seen = await look(`${labUrl}/svc/${name}`, agent)
    if (stopped) return
    const mine = watched[name]
    const probe: Probe = { ...seen, dependencyUnwell: blamable(name) }
    if (isUnwell(probe)) mine.unwellAt = performance.now()
    mine.probes = [...mine.probes, probe].slice(-WINDOW)
    notifier?.update(name, evaluate(name, mine.probes))
    void notifier?.flush()
    mine.timer = setTimeout(() => void watch(name), Math.max(0, began + intervalMs - performance.now()))
  }

  for (const name of SERVICE_NAMES) void watch(name)
  return {
    healthy: (service) => isHealthy(watched[service].probes),
    stop() {
      stopped = true
      for (const { timer } of Object.values(watched)) clearTimeout(timer ?? undefined)
      agent.destroy()
    },
  }
}

async function look(url: string, agent: Agent): Promise<Omit<Probe, 'dependencyUnwell'>> {
  const health = await httpGet(`${url}/health`, HEALTH_TIMEOUT_MS, agent)
  const body = health.kind === 'answer' ? parseHealth(health.body) : null
  if (!body) return { health: 'missed', memoryPercent: null, order: null }
  const memoryPercent = body.checks['memory:utilization'][0]?.observedValue ?? null
  const answer = await httpGet(`${url}/order`, ORDER_TIMEOUT_MS, agent)
  const ok = answer.kind === 'answer' && answer.status < 500
  return { health: body.status, memoryPercent, order: { ok, ms: answer.ms } }
}

/** null when it is no health answer, such as the balancer's own 502. */
function parseHealth(body: Buffer): z.infer<typeof HealthBody> | null {
  try {
    return HealthBody.safeParse(JSON.parse(body.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}
