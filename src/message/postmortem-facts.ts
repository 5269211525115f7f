import type { Severity } from '../domain/alert.ts'
import type { ApprovalStatus } from '../domain/approval.ts'
import type { Text } from '../domain/card.ts'
import type { EvidenceStatus } from '../domain/evidence.ts'
import type { IncidentStatus } from '../domain/incident.ts'
import type { Recovery } from '../domain/learning.ts'
import type { RunStatus } from '../domain/run.ts'

/** What the draft of a postmortem is made of: what was recorded, and nothing that was concluded. */

type At = Temporal.Instant

export interface PostmortemFacts {
  readonly incident: {
    readonly id: string
    readonly title: string
    readonly severity: Severity
    readonly status: IncidentStatus
    readonly openedAt: At
    readonly resolvedAt: At | null
    /** How often it was opened again. */
    readonly flaps: number
    /** As its alerts name it; null where they name none. */
    readonly service: string | null
  }
  /** As the catalogue in force knows it; null where it doesn't. */
  readonly service: {
    readonly owner: string
    /** Services that depend on it, directly or through others. */
    readonly dependents: readonly string[]
  } | null
  /** IANA name: of the service, or UTC. */
  readonly zone: string
  readonly alerts: {
    readonly count: number
    readonly sources: readonly string[]
    /** When the first of them began, as its sender says; null without alerts. */
    readonly firedAt: At | null
  }
  /** Oldest first. */
  readonly timeline: readonly { readonly at: At; readonly text: Text }[]
  readonly evidence: readonly {
    readonly id: string
    readonly source: string
    readonly status: EvidenceStatus
    readonly summary: string
    readonly at: At
  }[]
  /** Likeliest first. */
  readonly hypotheses: readonly {
    readonly title: string
    readonly likelihood: number
    readonly evidenceFor: readonly string[]
    readonly evidenceAgainst: readonly string[]
  }[]
  readonly proposals: readonly {
    readonly id: string
    readonly title: string
    readonly service: string
    readonly odds: string
  }[]
  readonly refusals: readonly {
    readonly at: At
    readonly by: string
    readonly command: string
    readonly subject: string
    readonly detail: string
  }[]
  /** Oldest first. */
  readonly runs: readonly RunOfPostmortem[]
  readonly records: readonly string[]
  /** What was left out, a sentence each; empty when everything that is kept is here. */
  readonly missing: readonly string[]
  /** PostgreSQL's clock when it was read. */
  readonly asOf: At
}

export interface RunOfPostmortem {
  readonly id: string
  readonly title: string
  readonly status: RunStatus
  /** The status as the end of a sentence: `succeeded`, `was canceled`. */
  readonly ended: string
  readonly reason: string
  readonly startedAt: At | null
  readonly finishedAt: At | null
  /** Null while nobody has measured whether it helped. */
  readonly recovery: Recovery | null
  /** Titles of the steps that were undone. */
  readonly undone: readonly string[]
  /** Null where policy allowed it without asking anybody. */
  readonly request: {
    readonly id: string
    readonly status: ApprovalStatus
    readonly requester: string
    readonly requestedAt: At
    readonly endedAt: At | null
    readonly votes: readonly {
      readonly by: string
      readonly decision: 'approve' | 'reject'
      readonly reason: string
      readonly at: At
    }[]
  } | null
}
