/** One step of a run, or the undoing of one. Intent is committed before the effect, the result after it. */

export const stepPhases = ['action', 'rollback', 'verify'] as const
export type StepPhase = (typeof stepPhases)[number]

export const stepStatuses = ['intent', 'succeeded', 'failed', 'timed_out', 'canceled', 'unknown'] as const
export type StepStatus = (typeof stepStatuses)[number]

/** An intent without a result after a crash becomes `unknown` unless the target can tell what happened. */
export const stepTransitions = {
  intent: ['succeeded', 'failed', 'timed_out', 'canceled', 'unknown'],
  succeeded: [],
  failed: [],
  timed_out: [],
  canceled: [],
  unknown: [],
} as const satisfies Record<StepStatus, readonly StepStatus[]>

export interface StepExecution {
  readonly runId: string
  readonly stepId: string
  readonly phase: StepPhase
  readonly position: number
  readonly title: string
  readonly status: StepStatus
  readonly startedAt: Temporal.Instant
  readonly finishedAt: Temporal.Instant | null
  /** Last lines of output, as text, redacted, at most 2,000 characters. */
  readonly outputTail: string
}

/** The key under which a target performs a step at most once. Rollbacks have keys of their own. */
export const effectKey = (runId: string, stepId: string, phase: StepPhase): string =>
  phase === 'action' ? `${runId}.${stepId}` : `${runId}.${stepId}.${phase}`
