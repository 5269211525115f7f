import type { Evidence, Fact } from '../../../src/domain/evidence.ts'
import type { TriageAlert } from '../../../src/domain/triage/facts.ts'

/** Builders of facts for the pure rules. */

export const at = (text = '2026-06-01T10:00:00Z'): Temporal.Instant => Temporal.Instant.from(text)

export const anAlert = (over: Partial<TriageAlert> = {}): TriageAlert => ({
  title: 'Watchdog',
  summary: '',
  labels: {},
  severity: 'high',
  status: 'firing',
  ...over,
})

export const aProbe = (facts: Record<string, Fact>, over: Partial<Evidence> = {}): Evidence => ({
  source: 'http_probe',
  subject: 'checkout',
  status: 'ok',
  summary: 'probed',
  facts,
  observedAt: at(),
  durationMs: 12,
  ...over,
})

export const healthyProbe = aProbe({
  reachable: true,
  failure: null,
  httpStatus: 200,
  latencyMs: 20,
  health: 'pass',
})
