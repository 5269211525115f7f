import type { Severity } from '../domain/alert.ts'
import type { ApprovalStatus } from '../domain/approval.ts'
import type { Change } from '../domain/change.ts'
import type { EvidenceStatus } from '../domain/evidence.ts'
import type { IncidentStatus } from '../domain/incident.ts'
import type { Calibration } from '../domain/learning/calibration.ts'
import type { LearningFigures } from '../domain/learning/figures.ts'
import type { Recommendation } from '../domain/learning/focus.ts'
import type { RecoveryFigures } from '../domain/learning/recovery-time.ts'
import type { RunStatus } from '../domain/run.ts'
import type { SelfTest } from '../domain/self-test.ts'
import type { SilenceKind } from '../domain/silence.ts'
import type { StepPhase, StepStatus } from '../domain/step.ts'
import type { Query } from './query.ts'

/** What was found for a query, as facts. The words are added by the tellers; nothing here is a sentence of ours. */

type At = Temporal.Instant

export interface PersonFact {
  readonly id: string
  readonly name: string
}

export interface IncidentFact {
  readonly id: string
  readonly service: string | null
  readonly title: string
  readonly severity: Severity
  readonly status: IncidentStatus
  readonly openedAt: At
  readonly resolvedAt: At | null
  readonly firing: number
  /** The likeliest hypothesis, in words, with its likelihood from 0 to 1. */
  readonly diagnosis: { readonly title: string; readonly likelihood: number } | null
}

export interface VoteFact {
  readonly by: PersonFact
  readonly decision: 'approve' | 'reject'
  readonly reason: string
  readonly at: At
}

export interface RequestFact {
  readonly id: string
  readonly title: string
  readonly status: ApprovalStatus
  readonly requester: PersonFact
  readonly requestedAt: At
  readonly quorum: number
  readonly approverRoles: readonly string[]
  readonly expiresAt: At
  readonly votes: readonly VoteFact[]
  readonly endedAt: At | null
  readonly reason: string
}

export interface RunFact {
  readonly id: string
  readonly incidentId: string
  readonly service: string
  readonly title: string
  readonly status: RunStatus
  readonly reason: string
  readonly createdAt: At
  readonly startedAt: At | null
  readonly finishedAt: At | null
  readonly request: RequestFact | null
}

export interface RefusalFact {
  readonly by: PersonFact
  /** What was attempted: `approve`, `request`, `run`, `propose restart-service`. */
  readonly command: string
  readonly subject: string
  readonly detail: string
  readonly at: At
}

export type StoryEvent =
  | {
      readonly kind: 'alert_fired'
      readonly at: At
      readonly title: string
      readonly source: string
      readonly more: number
    }
  | { readonly kind: 'alerts_resolved'; readonly at: At; readonly count: number }
  | { readonly kind: 'reopened'; readonly at: At }
  | { readonly kind: 'evidence'; readonly at: At; readonly status: EvidenceStatus; readonly summary: string }
  | { readonly kind: 'diagnosed'; readonly at: At; readonly title: string; readonly likelihood: number }
  | {
      readonly kind: 'proposed'
      readonly at: At
      readonly id: string
      readonly title: string
      readonly service: string
      readonly odds: string
    }
  | { readonly kind: 'requested'; readonly at: At; readonly request: RequestFact }
  | { readonly kind: 'refused'; readonly at: At; readonly refusal: RefusalFact }
  | { readonly kind: 'voted'; readonly at: At; readonly request: RequestFact; readonly vote: VoteFact }
  | { readonly kind: 'request_ended'; readonly at: At; readonly request: RequestFact }
  | {
      readonly kind: 'run_started'
      readonly at: At
      readonly id: string
      readonly title: string
      readonly unasked: boolean
    }
  | {
      readonly kind: 'step'
      readonly at: At
      readonly runId: string
      readonly phase: StepPhase
      readonly title: string
      readonly status: StepStatus
      readonly summary: string
      readonly tookMs: number | null
    }
  | {
      readonly kind: 'run_ended'
      readonly at: At
      readonly id: string
      readonly status: RunStatus
      readonly reason: string
    }
  | { readonly kind: 'escalated'; readonly at: At; readonly why: string }
  | { readonly kind: 'resolved'; readonly at: At; readonly why: string; readonly afterMs: number }

/** Something that can be done now. `refusal` says why whoever asks may not; null when they may. */
export interface OptionFact {
  readonly what: 'approve' | 'request' | 'cancel'
  readonly id: string
  readonly title: string
  readonly refusal: { readonly detail: string; readonly remedy: string } | null
}

/** Of one service: how many of its alerts this silence has kept quiet. */
export interface SilenceFact {
  readonly id: string
  readonly kind: SilenceKind
  readonly what: string
  readonly state: 'to_come' | 'in_force' | 'over'
  readonly from: At
  /** When it ended, or will. */
  readonly until: At
  readonly reason: string
  readonly setBy: PersonFact
  readonly alerts: number
  /** The newest of them, so far as they are named. */
  readonly titles: readonly string[]
}

export type Found =
  | { readonly subject: 'nothing'; readonly looked: string; readonly remedy: string }
  | {
      readonly subject: 'what_happened'
      readonly incident: IncidentFact
      readonly events: readonly StoryEvent[]
    }
  | { readonly subject: 'who_approved'; readonly incident: IncidentFact; readonly runs: readonly RunFact[] }
  | {
      readonly subject: 'why_blocked'
      readonly incident: IncidentFact
      /** Newest first. */
      readonly runs: readonly RunFact[]
      readonly emergencyStop: boolean
      /** Why it was handed to a person, when it stands escalated. */
      readonly escalation: string | null
      /** Proposals that nobody has requested yet. */
      readonly unrequested: readonly { readonly id: string; readonly title: string }[]
    }
  | {
      readonly subject: 'why_refused'
      /** Null where it is about more than one incident. */
      readonly incident: IncidentFact | null
      readonly refusals: readonly RefusalFact[]
      readonly rejections: readonly { readonly request: RequestFact; readonly vote: VoteFact }[]
      /** What would refuse whoever asks right now. */
      readonly now: readonly OptionFact[]
    }
  | { readonly subject: 'what_runs'; readonly runs: readonly RunFact[] }
  | {
      readonly subject: 'status'
      readonly incidents: readonly IncidentFact[]
      readonly runs: readonly RunFact[]
      readonly single: boolean
    }
  | {
      readonly subject: 'what_next'
      readonly incident: IncidentFact
      readonly options: readonly OptionFact[]
      readonly runs: readonly RunFact[]
      readonly escalation: string | null
    }
  | {
      readonly subject: 'silences'
      /** Null: of everything. */
      readonly service: string | null
      readonly silences: readonly SilenceFact[]
    }
  | FiguresFound
  | ListFound
  | RulesFound
  | SelfFound

/** Figures of remediations and recoveries; the key of each is what it is of. */
export type FiguresFound =
  | {
      readonly subject: 'learning'
      readonly figures: readonly LearningFigures[]
      /** What the first is set against. */
      readonly against: LearningFigures | null
      /** What the one figure is made of, by playbook, where nobody asked for groups. */
      readonly parts?: readonly LearningFigures[]
    }
  | {
      readonly subject: 'recovery'
      readonly figures: readonly RecoveryFigures[]
      readonly against: RecoveryFigures | null
      /** The same by service. */
      readonly parts?: readonly RecoveryFigures[]
    }
  | { readonly subject: 'calibration'; readonly calibration: Calibration }

export interface CountFact {
  readonly key: string
  readonly count: number
}

export interface DecisionFact extends VoteFact {
  readonly requestId: string
  readonly runId: string
  readonly incidentId: string
  readonly title: string
  readonly service: string
}

/** Lists of a time: `total` is exact, and the list may be shorter. */
export type ListFound =
  | {
      readonly subject: 'incidents'
      readonly incidents: readonly IncidentFact[]
      readonly total: number
      readonly groups: readonly CountFact[] | null
      readonly against: number | null
      /** What the total is made of, by service, where a number was asked for and no groups. */
      readonly parts?: readonly CountFact[]
    }
  | { readonly subject: 'runs'; readonly runs: readonly RunFact[]; readonly total: number }
  | { readonly subject: 'decisions'; readonly decisions: readonly DecisionFact[]; readonly total: number }
  | {
      readonly subject: 'audit'
      readonly entries: readonly { readonly at: At; readonly text: string }[]
    }
  | { readonly subject: 'changes'; readonly changes: readonly Change[]; readonly recorded: boolean }

export type RulesFound =
  | {
      readonly subject: 'next_allowed'
      readonly services: readonly {
        readonly service: string
        readonly open: boolean
        readonly changesAt: At | null
        readonly frozenUntil: At | null
        readonly windows: readonly string[]
      }[]
      /** Freezes of the playbook that was named. */
      readonly freezes: readonly FreezeFact[]
      readonly emergencyStop: boolean
    }
  | {
      readonly subject: 'governance'
      readonly lines: readonly string[]
      readonly freezes: readonly FreezeFact[]
    }
  | {
      readonly subject: 'who_can'
      readonly people: readonly PersonFact[]
      readonly others: boolean
      readonly roles: readonly string[]
      readonly request: RequestFact | null
    }

export interface FreezeFact {
  readonly id: string
  readonly what: string
  readonly from: At
  readonly until: At
  readonly reason: string
}

export type SelfFound =
  | { readonly subject: 'focus'; readonly score: number; readonly recommendations: readonly Recommendation[] }
  | { readonly subject: 'scheduler'; readonly lines: readonly string[] }
  | { readonly subject: 'proof'; readonly sentence: string; readonly file: string; readonly about: string }
  | { readonly subject: 'self_test'; readonly test: SelfTest }
  | { readonly subject: 'help'; readonly examples: readonly string[] }

export interface Answer {
  /** Names of the people the query names, by id. */
  readonly people?: ReadonlyMap<string, string>
  readonly query: Query
  readonly found: Found
  /** Ids of what it rests on, such as `inc-42`, `req-5`, `audit 3f9a0c21`. */
  readonly records: readonly string[]
  /** What was left out, as a sentence; null when the answer is complete. */
  readonly missing: string | null
  /** PostgreSQL's clock when it was read. */
  readonly asOf: At
}
