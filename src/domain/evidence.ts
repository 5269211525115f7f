/** A fact somebody can check, with where it came from. A source that failed is evidence too: that it failed. */

export const evidenceSources = ['http_probe', 'past_incidents'] as const
export type EvidenceSourceName = (typeof evidenceSources)[number]

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
   * `check.<name>.since` when given. past_incidents: `total`, `recoveredAlone`, `medianMinutes`, `lastIncident`, `lastPlaybook`, `lastOutcome`.
   */
  readonly facts: Readonly<Record<string, Fact>>
  readonly observedAt: Temporal.Instant
  readonly durationMs: number
}
