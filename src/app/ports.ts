import type { ParameterValue } from '../domain/action.ts'
import type { Card } from '../domain/card.ts'
import type { Evidence, EvidenceSourceName } from '../domain/evidence.ts'
import type { Service, Target } from '../domain/service.ts'

/** What the use cases need from outside. Adapters implement these and import nothing else of `app`. */

export interface Clock {
  /** Wall time for display and for facts fetched outside a transaction. Leases and expiries use PostgreSQL's clock. */
  readonly now: () => Temporal.Instant
  /** Milliseconds that never go backwards; for timeouts and lease checks. */
  readonly monotonicMs: () => number
}

export interface Ids {
  /** A UUID version 7. */
  readonly uuid: () => string
  /** An opaque token of 128 random bits, URL-safe. */
  readonly token: () => string
}

/** How a process is told from another that got the same pid later. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat), or null where there is no /proc. */
  readonly startTicks: string | null
  readonly bootId: string | null
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr' | 'note'
  readonly text: string
}

export interface StepCallRequest {
  /** The target performs at most one effect per key: `run-7.restart`. */
  readonly effectKey: string
  readonly target: Target
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly timeoutMs: number
}

export interface PerformContext {
  /** Aborted on timeout, cancel, drain or a lost lease. The executor must then end everything it started. */
  readonly signal: AbortSignal
  /** Asked immediately before acting: false means the lease is gone and nothing may be done. */
  readonly mayAct: () => boolean
  readonly onOutput: (chunk: OutputChunk) => void
  /** Awaited right after a child process starts, so that the watchdog can find it should this worker die. */
  readonly onProcess: (identity: ProcessIdentity) => Promise<void>
}

export type StepCallResult =
  | { readonly status: 'succeeded'; readonly summary: string }
  | { readonly status: 'failed'; readonly summary: string }
  /** The time was up or the run canceled; `effect` says whether the target may have acted all the same. */
  | { readonly status: 'timed_out' | 'canceled'; readonly summary: string; readonly effect: 'none' | 'maybe' }
  /** The connection broke after sending: nobody can say from here whether it happened. */
  | { readonly status: 'unknown'; readonly summary: string }

export interface ActionExecutor {
  readonly kind: Target['kind']
  /** Never throws for what a target may do; throws only for a defect. */
  readonly perform: (request: StepCallRequest, context: PerformContext) => Promise<StepCallResult>
  /** Asks the target whether the effect of this key happened. */
  readonly probe: (
    request: StepCallRequest,
    signal: AbortSignal,
  ) => Promise<'happened' | 'not_happened' | 'cannot_tell'>
  /** The call as it would be made, secrets as references: for the dry run. */
  readonly render: (request: StepCallRequest) => string
}

export interface EvidenceSource {
  readonly name: EvidenceSourceName
  /** Read-only. A failure is returned as evidence with status `failed` or `timed_out`, never thrown. */
  readonly gather: (service: Service, signal: AbortSignal) => Promise<Evidence | null>
}

export interface SecretSource {
  /** The value, or null when no such secret is set. */
  readonly read: (name: string) => Promise<string | null>
}

/** Where a card stands in a chat. `messageId` is kept from the first success on. */
export interface CardPost {
  readonly tenantId: string
  readonly channel: string
  readonly cardId: string
  readonly incidentId: string
  readonly version: number
  readonly card: Card
  readonly messageId: string | null
}

export interface ChatPort {
  readonly name: 'console' | 'slack' | 'discord'
  /** Posts or updates; resolves with the platform's message id once the platform said so. */
  readonly deliver: (post: CardPost, signal: AbortSignal) => Promise<{ messageId: string }>
}
