import type { Clock, EvidenceSource } from '../../src/app/ports.ts'
import type { Evidence, Fact } from '../../src/domain/evidence.ts'
import type { Reach } from '../../src/domain/outgoing.ts'
import type { Service } from '../../src/domain/service.ts'
import { type Got, get } from './get.ts'
import { type Health, readHealth } from './health-json.ts'
import { reachOf } from './reach.ts'
import { describeProbe } from './words.ts'

export interface ProbedHealth {
  /** 2xx, and `pass` where the body is a health answer. */
  readonly healthy: boolean
  /** False when there is no probe or it was stopped from outside; an unreachable service is measured, and not healthy. */
  readonly measured: boolean
  readonly summary: string
  readonly latencyMs: number | null
}

/** Asks the service's catalogued probe. */
export function createHttpProbe(clock: Pick<Clock, 'now'>, reach: Reach = reachOf()): EvidenceSource {
  return {
    name: 'http_probe',
    gather: async (service, signal) => {
      const probe = await look(service, signal, reach)
      if (probe === null) return null
      return {
        source: 'http_probe',
        subject: service.name,
        // An unreachable service is a fact that was found. A look that was stopped or not allowed says nothing about the
        // service, and `timed_out` would read as if it had not answered.
        status: isLooked(probe.got) ? 'ok' : 'failed',
        summary: probe.summary,
        facts: factsOf(probe.got, probe.health),
        observedAt: clock.now(),
        durationMs: probe.got.latencyMs,
      }
    },
  }
}

/** One look, for the verification of a run. Never throws. */
export async function probeHealth(
  service: Service,
  signal: AbortSignal,
  reach: Reach = reachOf(),
): Promise<ProbedHealth> {
  const probe = await look(service, signal, reach)
  if (probe === null) {
    const summary = `${titleOf(service)} has no probe in the catalogue, so nothing was measured`
    return { healthy: false, measured: false, summary, latencyMs: null }
  }
  const { got, health, summary } = probe
  if (!isLooked(got)) return { healthy: false, measured: false, summary, latencyMs: null }
  const answered2xx = got.kind === 'answered' && got.status >= 200 && got.status < 300
  const healthy = answered2xx && (health === null || health.status === 'pass')
  return { healthy, measured: true, summary, latencyMs: got.latencyMs }
}

async function look(service: Service, signal: AbortSignal, reach: Reach) {
  const { probe } = service
  if (probe === undefined) return null
  const got = await get(probe.url, probe.timeout, signal, reach)
  const health = got.kind === 'answered' ? readHealth(got.contentType, got.body) : null
  return { got, health, summary: describeProbe(titleOf(service), got, probe.timeout, health) }
}

const isLooked = (got: Got): boolean => got.kind === 'answered' || got.kind === 'failed'

const titleOf = ({ title, name }: Service): string => title ?? name

/** As documented on `Evidence`. */
function factsOf(got: Got, health: Health | null): Evidence['facts'] {
  if (!isLooked(got)) return {}
  const facts: Record<string, Fact> = {
    reachable: got.kind === 'answered',
    failure: got.kind === 'failed' ? got.failure : null,
    httpStatus: got.kind === 'answered' ? got.status : null,
    latencyMs: got.kind === 'answered' ? got.latencyMs : null,
    health: health?.status ?? null,
  }
  for (const { name, status, value, unit, since } of health?.checks ?? []) {
    facts[`check.${name}.status`] = status
    facts[`check.${name}.value`] = value
    if (unit !== null) facts[`check.${name}.unit`] = unit
    if (since !== null) facts[`check.${name}.since`] = since
  }
  return facts
}
