import { type Block, bold, type Card, code } from '../domain/card.ts'
import type { Executed, PlannedUnit } from './run-steps.ts'
import { text } from './words.ts'

/** A run that could not be undone in full is told apart from everything else: somebody has to go to the targets now. */

export interface RollbackFailedInput {
  readonly runId: string
  readonly incidentId: string
  readonly title: string
  readonly service: string
  readonly reason: string
  readonly planned: readonly PlannedUnit[]
  readonly executions: readonly Executed[]
}

export const rollbackFailedCard = (input: RollbackFailedInput): Card => {
  const left = notUndone(input)
  return {
    kind: 'notice',
    title: `${input.title} on ${input.service} could not be undone`,
    status: 'ROLLBACK FAILED',
    tone: 'bad',
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: text('A person must look at the targets now. ', input.reason),
        tone: 'bad',
      },
      ...left.map(
        (unit): Block => ({
          kind: 'text',
          text: text(
            bold('Not undone: '),
            unit.title,
            ...(unit.target == null ? [] : [' on ', code(unit.target)]),
            ...(unit.undo == null ? [] : ['. This should have undone it: ', code(unit.undo)]),
          ),
          tone: 'bad',
        }),
      ),
      { kind: 'context', text: text(`${input.runId} · ${input.incidentId}`) },
    ],
  }
}

/** Done or perhaps done, could be undone, and was not. */
const notUndone = ({ planned, executions }: RollbackFailedInput): PlannedUnit[] =>
  planned.filter((unit) => {
    const of = (phase: Executed['phase']) =>
      executions.findLast((each) => each.phase === phase && each.stepId === unit.id)?.status
    const mayHaveHappened = of('action') === 'succeeded' || of('action') === 'unknown'
    return mayHaveHappened && unit.undo != null && of('rollback') !== 'succeeded'
  })
