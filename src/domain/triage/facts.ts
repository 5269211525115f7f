import type { Alert } from '../alert.ts'
import type { TriageCode } from '../diagnosis.ts'
import type { Evidence } from '../evidence.ts'
import type { MetricSignal } from '../metrics.ts'

/** What a triage rule may look at, and what it says. Rules are pure: the same facts, in any order, give the same finding. */

export type TriageAlert = Pick<Alert, 'title' | 'summary' | 'labels' | 'severity' | 'status'>

export interface TriageFacts {
  readonly service: string | null
  readonly alerts: readonly TriageAlert[]
  readonly evidence: readonly Evidence[]
  /** When the incident began. Without it, how long before something happened is not known. */
  readonly beganAt?: Temporal.Instant
}

/** One check out of a health answer, such as `memory:utilization`. */
export interface HealthCheck {
  readonly name: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly value: string | null
  readonly unit: string | null
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

/** One signal of Prometheus as the rules read it. No data is null, never 0. */
export interface Metric {
  readonly signal: MetricSignal
  readonly now: number
  readonly before: number | null
}

/** A change of the service, or of what it depends on, before the incident began. */
export interface RecentChange {
  readonly service: string
  readonly kind: string
  readonly title: string
  readonly minutesBefore: number
  /** False: of a dependency. */
  readonly own: boolean
}

/** The service's workload in Kubernetes, as the rules read it: what is not known is null. */
export interface Workload {
  readonly subject: string
  readonly found: boolean
  readonly desired: number | null
  readonly ready: number | null
  /** Why a container does not start, as the kubelet calls it. */
  readonly waiting: string | null
  /** Why a container last ended. It doesn't say when. */
  readonly lastTermination: string | null
  readonly image: string | null
  readonly previousImage: string | null
  /** Below 0: after it began. */
  readonly rolledOutMinutesBefore: number | null
}

/** The facts, sorted and read once for all rules. */
export interface TriageView {
  readonly service: string | null
  readonly alerts: readonly TriageAlert[]
  readonly probes: readonly Probe[]
  /** Signals that have a value now; of several answers the newest. */
  readonly metrics: readonly Metric[]
  readonly workloads: readonly Workload[]
  /** Newest first; null where nobody records changes, so that none on record means nothing. */
  readonly changes: readonly RecentChange[] | null
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
