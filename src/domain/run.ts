/** One execution of an approved proposal, from request to a terminal state. */

export const runStatuses = [
  'pending_approval',
  'queued',
  'running',
  'verifying',
  'rolling_back',
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'rolled_back',
  'rollback_failed',
  'blocked',
  'unknown',
] as const
export type RunStatus = (typeof runStatuses)[number]

export const runTransitions = {
  pending_approval: ['queued', 'canceled', 'blocked'],
  // Straight to undoing: a person has asked to undo a run that ended `unknown`.
  queued: ['running', 'rolling_back', 'canceled', 'blocked', 'timed_out'],
  // Straight to rollback_failed: out of time, and nobody was left to undo what had been done.
  // Straight to succeeded: the steps before a gate are done, and whether it helped is seen at the end of the last stage.
  running: [
    'verifying',
    'succeeded',
    'rolling_back',
    'failed',
    'timed_out',
    'canceled',
    'rollback_failed',
    'unknown',
  ],
  verifying: ['succeeded', 'rolling_back', 'failed', 'timed_out', 'canceled', 'rollback_failed', 'unknown'],
  rolling_back: ['rolled_back', 'rollback_failed', 'unknown'],
  succeeded: [],
  failed: [],
  timed_out: [],
  canceled: [],
  rolled_back: [],
  rollback_failed: [],
  blocked: [],
  unknown: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>

export const mayMoveRun = (from: RunStatus, to: RunStatus): boolean =>
  (runTransitions[from] as readonly RunStatus[]).includes(to)

export const isTerminal = (status: RunStatus): boolean => runTransitions[status].length === 0

/** A worker holds the run: lease, fencing token and target locks apply. */
export const activeRunStatuses = [
  'running',
  'verifying',
  'rolling_back',
] as const satisfies readonly RunStatus[]
export const isActive = (status: RunStatus): boolean =>
  (activeRunStatuses as readonly RunStatus[]).includes(status)

/** Why a run ended as it did; kept beside the status so that a rolled-back timeout still counts as a timeout. */
export const runCauses = [
  'failed',
  'timed_out',
  'not_recovered',
  'not_measured',
  'canceled',
  'rejected',
  'expired',
  'precondition',
  'permit',
  'policy',
  'lost_worker',
  'superseded',
  'revoked',
] as const
export type RunCause = (typeof runCauses)[number]
