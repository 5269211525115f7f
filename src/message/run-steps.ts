import type { CardStep, StepMark } from '../domain/card.ts'
import { isTerminal, type RunStatus } from '../domain/run.ts'
import type { StepExecution, StepStatus } from '../domain/step.ts'
import { durationInWords } from './words.ts'

/** From what was recorded to what a card shows: every planned step with a mark, also those that never began. */

export interface PlannedUnit {
  readonly id: string
  readonly title: string
}

export type Executed = Pick<StepExecution, 'stepId' | 'phase' | 'status' | 'startedAt' | 'finishedAt'>

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
): CardStep[] => {
  const of = (phase: Executed['phase'], stepId: string): Executed | undefined =>
    executions.findLast((each) => each.phase === phase && each.stepId === stepId)
  return [
    ...planned.map(({ id, title }) => describe(title, of('action', id), of('rollback', id), status)),
    verification(
      executions.findLast((each) => each.phase === 'verify'),
      status,
    ),
  ]
}

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

const verification = (execution: Executed | undefined, status: RunStatus): CardStep => {
  if (execution !== undefined)
    return { title: verifyTitle, mark: marks[execution.status], detail: detailOf(execution) }
  if (status === 'verifying') return { title: verifyTitle, mark: 'running', detail: '' }
  if (status === 'succeeded') return { title: verifyTitle, mark: 'succeeded', detail: '' }
  return notBegun(verifyTitle, status)
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
