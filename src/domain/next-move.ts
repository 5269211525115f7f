import type { Recovery } from './learning.ts'
import type { activeRunStatuses, RunCause, RunStatus } from './run.ts'
import type { StepPhase, StepStatus } from './step.ts'

/**
 * What a run does next, told from its rows alone. Whoever holds the run asks again after every commit, so that a worker
 * that takes over decides exactly as the one that died would have.
 */

export interface UnitFacts {
  readonly id: string
  readonly title: string
  readonly canUndo: boolean
  /** True when the playbook has something looked at right after this step. */
  readonly hasCheck: boolean
}

export interface StepFacts {
  readonly stepId: string
  readonly phase: StepPhase
  readonly status: StepStatus
}

/** Why work stopped before it was done; the lease being lost is no reason, as then nobody asks any more. */
export type Stopped = 'timed_out' | 'canceled'

export interface RunFacts {
  readonly status: (typeof activeRunStatuses)[number]
  /** Why it is being undone; null as long as it is not. */
  readonly cause: RunCause | null
  readonly reason: string
  /** In the order in which they are done. */
  /** Those of its stage. */
  readonly units: readonly UnitFacts[]
  /** False where a gate comes next: nothing is verified before the plan is done. */
  readonly lastStage: boolean
  /** Without intents that are known not to have happened: those may be meant again. */
  readonly steps: readonly StepFacts[]
  readonly stopped: Stopped | null
  /** What the check of the whole plan has shown; null before it. */
  readonly recovery: Recovery | null
  /** True when another worker began it and is gone. */
  readonly resumed: boolean
  /** The service's name, for sentences. */
  readonly service: string
}

export interface End {
  readonly do: 'end'
  readonly status: RunStatus
  readonly cause: RunCause | null
  readonly reason: string
  readonly recovery: Recovery
}

export type Move =
  /** An intent without a result: only its target can tell. */
  | { readonly do: 'ask_target'; readonly stepId: string; readonly phase: 'action' | 'rollback' }
  | { readonly do: 'perform'; readonly stepId: string; readonly phase: 'action' | 'rollback' }
  | { readonly do: 'check'; readonly stepId: string }
  | { readonly do: 'begin_verification' }
  | { readonly do: 'verify' }
  | { readonly do: 'begin_rollback'; readonly cause: RunCause; readonly reason: string }
  | End

/** Step id of the look that follows a step. Unit ids hold no dot. */
export const checkId = (unitId: string): string => `${unitId}.check`

export const nextMove = (run: RunFacts): Move => {
  const open = run.steps.find((step) => step.status === 'intent' && step.phase !== 'verify')
  if (open !== undefined && open.phase !== 'verify')
    return { do: 'ask_target', stepId: open.stepId, phase: open.phase }
  const lost = run.steps.find((step) => step.status === 'unknown' && step.phase !== 'verify')
  if (lost !== undefined) return unknown(run, lost)
  switch (run.status) {
    case 'running':
      return nextStep(run)
    case 'verifying':
      return afterPlan(run)
    case 'rolling_back':
      return nextUndoing(run)
  }
}

/** Completed steps that can be undone and are not yet, last first. */
export const stillToUndo = (run: Pick<RunFacts, 'units' | 'steps'>): UnitFacts[] =>
  run.units
    .filter(
      (unit) =>
        unit.canUndo &&
        statusOf(run, unit.id, 'action') === 'succeeded' &&
        statusOf(run, unit.id, 'rollback') !== 'succeeded',
    )
    .toReversed()

/** How a run ends that is past its deadline with nobody left to work on it. What was changed and not undone is told loudly. */
export const endOverdue = (run: RunFacts, budgetMs: number): End => {
  const open = run.steps.filter((step) => step.status === 'intent' && step.phase !== 'verify')
  const lost = [...open, ...run.steps.filter((step) => step.status === 'unknown' && step.phase !== 'verify')]
  const end = { do: 'end', cause: 'timed_out', recovery: 'not_measured' } as const
  if (lost.length > 0)
    return {
      ...end,
      status: 'unknown',
      reason: `out of time while ${namesOf(run, lost)} had no result: a person must look whether it happened`,
    }
  const left = stillToUndo(run)
  if (left.length > 0)
    return {
      ...end,
      status: 'rollback_failed',
      reason: `out of time before ${left.map((unit) => `“${unit.title}”`).join(', ')} could be undone`,
    }
  if (run.status === 'rolling_back')
    return {
      ...end,
      status: 'rolled_back',
      reason: `${run.reason}; everything that could be undone was undone`,
    }
  return { ...end, status: 'timed_out', reason: `not finished within ${Math.round(budgetMs / 1_000)} s` }
}

const nextStep = (run: RunFacts): Move => {
  for (const unit of run.units) {
    const status = statusOf(run, unit.id, 'action')
    if (status === undefined)
      return run.stopped === null
        ? { do: 'perform', stepId: unit.id, phase: 'action' }
        : failed(run, unit, run.stopped)
    if (status !== 'succeeded') return failed(run, unit, status)
    if (!unit.hasCheck) continue
    const check = statusOf(run, checkId(unit.id), 'verify')
    if (check === undefined || check === 'intent')
      return run.stopped === null ? { do: 'check', stepId: unit.id } : failed(run, unit, run.stopped)
    if (check !== 'succeeded')
      return undo(run, run.stopped ?? 'failed', `the check after “${unit.title}” did not hold`)
  }
  return run.lastStage ? { do: 'begin_verification' } : beforeGate(run)
}

/** Nothing was measured, so nothing is claimed: only that what was approved up to here is done. */
const beforeGate = (run: RunFacts): Move =>
  run.stopped === null
    ? {
        do: 'end',
        status: 'succeeded',
        cause: null,
        reason: 'the steps before the gate are done; whether it helped is seen at the end',
        recovery: 'not_measured',
      }
    : undo(
        run,
        run.stopped,
        run.stopped === 'timed_out' ? 'out of time before the gate' : 'canceled before the gate',
      )

const failed = (run: RunFacts, { title }: UnitFacts, status: StepStatus): Move => {
  if (run.stopped === 'timed_out') return undo(run, 'timed_out', `out of time at “${title}”`)
  if (run.stopped === 'canceled' || status === 'canceled')
    return undo(run, 'canceled', `canceled at “${title}”`)
  return status === 'timed_out'
    ? undo(run, 'timed_out', `“${title}” took too long`)
    : undo(run, 'failed', `“${title}” failed`)
}

const afterPlan = (run: RunFacts): Move => {
  if (run.recovery === 'recovered')
    return { do: 'end', status: 'succeeded', cause: null, reason: '', recovery: 'recovered' }
  if (run.stopped !== null)
    return undo(
      run,
      run.stopped,
      run.stopped === 'timed_out'
        ? 'out of time before recovery was seen'
        : 'canceled before recovery was seen',
    )
  if (run.recovery === null) return { do: 'verify' }
  // Undoing what may have helped, only because nobody could look, would be as blind as trusting it.
  if (run.recovery === 'not_measured')
    return {
      do: 'end',
      status: 'failed',
      cause: 'not_measured',
      reason: 'it was carried out, but whether it helped could not be measured',
      recovery: 'not_measured',
    }
  return undo(run, 'not_recovered', `${run.service} did not recover`)
}

const undo = (run: RunFacts, cause: RunCause, reason: string): Move =>
  stillToUndo(run).length > 0
    ? { do: 'begin_rollback', cause, reason }
    : {
        do: 'end',
        status: cause === 'timed_out' ? 'timed_out' : cause === 'canceled' ? 'canceled' : 'failed',
        cause,
        reason,
        recovery: recoveryBehind(cause),
      }

const nextUndoing = (run: RunFacts): Move => {
  const cause = run.cause ?? 'lost_worker'
  const about = { do: 'end', cause, recovery: recoveryBehind(cause) } as const
  const [next] = stillToUndo(run)
  if (next === undefined)
    return {
      ...about,
      status: 'rolled_back',
      reason: `${run.reason}; everything that could be undone was undone`,
    }
  // A result stands, whoever stored it: an undoing that failed is not tried again by the next worker.
  return statusOf(run, next.id, 'rollback') === undefined
    ? { do: 'perform', stepId: next.id, phase: 'rollback' }
    : {
        ...about,
        status: 'rollback_failed',
        reason: `${run.reason}; and “${next.title}” could not be undone`,
      }
}

/** Never undone by itself: what nobody knows to have happened can't be taken back blindly. */
const unknown = (run: RunFacts, lost: StepFacts): Move => {
  const cause = run.cause ?? run.stopped ?? (run.resumed ? 'lost_worker' : 'failed')
  const what =
    lost.phase === 'rollback'
      ? `nobody can tell whether the undoing of ${namesOf(run, [lost])} happened`
      : `nobody can tell whether ${namesOf(run, [lost])} happened: a person must look`
  return {
    do: 'end',
    status: 'unknown',
    cause,
    reason: run.reason === '' ? what : `${run.reason}; and ${what}`,
    recovery: recoveryBehind(cause),
  }
}

const recoveryBehind = (cause: RunCause): Recovery =>
  cause === 'not_recovered' ? 'not_recovered' : 'not_measured'

const statusOf = (
  { steps }: Pick<RunFacts, 'steps'>,
  stepId: string,
  phase: StepPhase,
): StepStatus | undefined => steps.find((step) => step.stepId === stepId && step.phase === phase)?.status

const namesOf = (run: RunFacts, steps: readonly StepFacts[]): string =>
  steps.map(({ stepId }) => `“${run.units.find((unit) => unit.id === stepId)?.title ?? stepId}”`).join(', ')
