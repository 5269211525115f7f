import type { CardStep, StepMark } from '../domain/card.ts'
import { isTerminal, type RunStatus } from '../domain/run.ts'
import type { StepExecution, StepStatus } from '../domain/step.ts'
import { durationInWords } from './words.ts'

/** From what was recorded to what a card shows: every planned step with a mark, also those that never began. */

export interface PlannedUnit {
  readonly id: string
  readonly title: string
  readonly target?: string | null
  /** The call as it was approved, and the one that undoes it. */
  readonly call?: string
  readonly undo?: string | null
  /** What is looked at right after it, by its title. */
  readonly check?: string
}

export type Executed = Pick<StepExecution, 'stepId' | 'phase' | 'status' | 'startedAt' | 'finishedAt'> & {
  /** Of a check: what it is called, and what was last seen. */
  readonly title?: string
  readonly summary?: string
}

const marks = {
  intent: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'failed',
  canceled: 'failed',
  unknown: 'unknown',
} as const satisfies Record<StepStatus, StepMark>

export const stepsInWords = (
  planned: readonly PlannedUnit[],
  executions: readonly Executed[],
  status: RunStatus,
  /** False where a gate comes next: only the last stage sees whether it helped. */
  { verifies = true }: { readonly verifies?: boolean } = {},
): CardStep[] => {
  const of = (phase: Executed['phase'], stepId: string): Executed | undefined =>
    executions.findLast((each) => each.phase === phase && each.stepId === stepId)
  const checksOf = (which: (stepId: string) => boolean): Executed[] =>
    executions.filter((each) => each.phase === 'verify' && which(each.stepId))
  return [
    ...planned.flatMap(({ id, title, check }) => {
      const looked = checksOf((stepId) => stepId === `${id}.check`).map((each) => describeCheck(each, title))
      return [
        describe(title, of('action', id), of('rollback', id), status),
        ...(looked.length === 0 && check !== undefined ? [notBegun(check, status)] : looked),
      ]
    }),
    ...(verifies
      ? verification(
          checksOf((stepId) => !stepId.endsWith('.check')),
          status,
        )
      : []),
  ]
}

/** Of a run that undoes another one: what it has to take back, last first. Only what was taken back is done. */
export const undoingInWords = (
  planned: readonly PlannedUnit[],
  executions: readonly Executed[],
  status: RunStatus,
): CardStep[] =>
  planned
    .filter(({ id }) => executions.some((each) => each.phase === 'action' && each.stepId === id))
    .toReversed()
    .map(({ id, title }): CardStep => {
      const action = executions.find((each) => each.phase === 'action' && each.stepId === id)
      const rollback = executions.findLast((each) => each.phase === 'rollback' && each.stepId === id)
      if (rollback !== undefined) return describe(title, action, rollback, status)
      return isTerminal(status)
        ? { title, mark: 'skipped', detail: 'not undone' }
        : { title, mark: 'waiting', detail: 'to be undone' }
    })

/** A check says what was seen: its mark alone would not tell a service that is ill from one that nobody could look at. */
const describeCheck = (check: Executed, otherwise: string): CardStep => ({
  title: check.title ?? otherwise,
  mark: marks[check.status],
  detail: check.summary === undefined || check.summary === '' ? detailOf(check) : check.summary,
})

const describe = (
  title: string,
  action: Executed | undefined,
  rollback: Executed | undefined,
  status: RunStatus,
): CardStep => {
  if (action === undefined) return notBegun(title, status)
  if (rollback === undefined) return { title, mark: marks[action.status], detail: detailOf(action) }
  switch (rollback.status) {
    case 'succeeded':
      return { title, mark: 'undone', detail: `undone${tookInWords(rollback)}` }
    case 'intent':
      return { title, mark: 'running', detail: 'being undone' }
    case 'unknown':
      return { title, mark: 'unknown', detail: 'nobody can say whether it was undone' }
    case 'failed':
    case 'timed_out':
    case 'canceled':
      return { title, mark: 'failed', detail: 'could not be undone' }
  }
}

const verifyTitle = 'See whether it helped'

const verification = (checks: readonly Executed[], status: RunStatus): CardStep[] => {
  if (checks.length > 0)
    return checks.map((check) =>
      checks.length === 1
        ? { ...describeCheck(check, verifyTitle), title: verifyTitle }
        : describeCheck(check, verifyTitle),
    )
  if (status === 'verifying') return [{ title: verifyTitle, mark: 'running', detail: '' }]
  if (status === 'succeeded') return [{ title: verifyTitle, mark: 'succeeded', detail: '' }]
  return [notBegun(verifyTitle, status)]
}

const notBegun = (title: string, status: RunStatus): CardStep =>
  isTerminal(status) || status === 'rolling_back'
    ? { title, mark: 'skipped', detail: 'not begun' }
    : { title, mark: 'waiting', detail: '' }

const detailOf = (execution: Executed): string => {
  switch (execution.status) {
    case 'intent':
      return ''
    case 'succeeded':
      return `done${tookInWords(execution)}`
    case 'failed':
      return `failed${tookInWords(execution)}`
    case 'timed_out':
      return `timed out${tookInWords(execution)}`
    case 'canceled':
      return `canceled${tookInWords(execution)}`
    case 'unknown':
      return 'nobody can say whether it happened'
  }
}

const tookInWords = ({ startedAt, finishedAt }: Executed): string =>
  finishedAt === null ? '' : ` after ${durationInWords(finishedAt.since(startedAt).total('milliseconds'))}`
