import type { Alert } from '../alert.ts'
import type { TriageCode } from '../diagnosis.ts'
import type { Evidence } from '../evidence.ts'

/** What a triage rule may look at, and what it says. Rules are pure: the same facts, in any order, give the same finding. */

export type TriageAlert = Pick<Alert, 'title' | 'summary' | 'labels' | 'severity' | 'status'>

export interface TriageFacts {
  readonly service: string | null
  readonly alerts: readonly TriageAlert[]
  readonly evidence: readonly Evidence[]
}

/** One check out of a health answer, such as `memory:utilization`. */
export interface HealthCheck {
  readonly name: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly value: string | null
  readonly since: string | null
}

/** One probe as the rules read it: absent or wrongly typed facts are null. */
export interface Probe {
  readonly subject: string
  readonly reachable: boolean | null
  readonly failure: string | null
  readonly httpStatus: number | null
  readonly latencyMs: number | null
  readonly health: string | null
  readonly checks: readonly HealthCheck[]
}

/** The facts, sorted and read once for all rules. */
export interface TriageView {
  readonly service: string | null
  readonly alerts: readonly TriageAlert[]
  readonly probes: readonly Probe[]
  /** Evidence sources that gave nothing, as sentences. */
  readonly blind: readonly string[]
}

export interface Finding {
  /** 0 or more; likelihoods are the weights divided by their sum. */
  readonly weight: number
  readonly evidenceFor: readonly string[]
  readonly evidenceAgainst: readonly string[]
  readonly hints: Readonly<Record<string, string>>
}

export interface TriageRule {
  readonly code: TriageCode
  readonly judge: (view: TriageView) => Finding
}
