/** A fact somebody can check, with where it came from. A source that failed is evidence too: that it failed. */

export const evidenceSources = [
  'http_probe',
  'prometheus',
  'kubernetes',
  'recent_changes',
  'past_incidents',
] as const
export type EvidenceSourceName = (typeof evidenceSources)[number]

export const evidenceTitles: Readonly<Record<EvidenceSourceName, string>> = {
  http_probe: 'HTTP probe',
  prometheus: 'Prometheus',
  kubernetes: 'Kubernetes',
  recent_changes: 'Recent changes',
  past_incidents: 'Past incidents',
}

export const evidenceStatuses = ['ok', 'failed', 'timed_out'] as const
export type EvidenceStatus = (typeof evidenceStatuses)[number]

export type Fact = string | number | boolean | null

export interface Evidence {
  readonly source: EvidenceSourceName
  /** The service or URL that was looked at. */
  readonly subject: string
  readonly status: EvidenceStatus
  /** One sentence for a person. */
  readonly summary: string
  /**
   * http_probe: `reachable` (boolean), `failure` (`timeout | refused | reset | dns | other`, null when reachable), `httpStatus`, `latencyMs`,
   * `health` (`pass | warn | fail | null`), and for every check of a health+json body `check.<name>.status` and
   * `check.<name>.value` (name such as `memory:utilization`, `circuit:payments`, `flag:new-pricing`, `capacity:utilization`),
   * `check.<name>.unit` and `check.<name>.since` when given.
   *
   * prometheus: for every signal of the catalogue (`errorRate` and `saturation` as shares of 1, `latencyP99` in seconds, `requestRate` a
   * second) `<signal>.now` and `<signal>.before`, null for no data, which is never 0; `<signal>.problem` (a sentence) where the query
   * failed, and then no value; `comparedAt` (ISO 8601), when `before` was; `link`, where a person sees the graph.
   *
   * kubernetes: `found` (boolean), `desiredReplicas`, `readyReplicas`, `updatedReplicas`, `restarts` (of all its containers), `waiting` (why a container
   * does not start, such as `CrashLoopBackOff`), `lastTermination` (such as `OOMKilled`), `revision`, `rolledOutAt` (ISO 8601).
   * Of several workloads these tell of the worst, which `workload` names; those of the others have the target's name before them.
   *
   * recent_changes: `changes` (how many in the hours before), `recorded` (whether changes of this service are sent at all), and
   * for the newest five, counted from 1: `change.<n>.service`, `.kind` (`deploy | config | flag | infrastructure | other | run`), `.title`,
   * `.at` (ISO 8601), `.minutesBefore`, `.by`, `.version`, `.link`, and `.own` (boolean: of this service, not of a dependency).
   *
   * past_incidents: `total`, `recoveredAlone`, `medianMinutes`, `lastIncident`, `lastPlaybook`, `lastOutcome`.
   */
  readonly facts: Readonly<Record<string, Fact>>
  readonly observedAt: Temporal.Instant
  readonly durationMs: number
}
