import { type Block, bold, code, type Text, timeToSecond } from '../domain/card.ts'
import type { Executed, PlannedUnit } from './run-steps.ts'
import { text } from './words.ts'

/** Of a run that ended `unknown`, for whoever has to look: what nobody knows, and what stays locked until then. */

export const knownBlocks = (
  planned: readonly PlannedUnit[],
  executions: readonly Executed[],
  locked: readonly string[],
): Block[] => [
  ...planned
    .flatMap((unit) => unknownOf(unit, executions))
    .map((line): Block => ({ kind: 'text', text: line })),
  ...(locked.length === 0
    ? []
    : [
        {
          kind: 'text' as const,
          text: text(
            bold('Locked until somebody says: '),
            ...locked.flatMap((target, at) => [at === 0 ? '' : ', ', code(target)]),
          ),
        },
      ]),
]

/** What was done and what never began, the steps tell; here stands where to look, since when, and for which call. */
const unknownOf = (unit: PlannedUnit, executions: readonly Executed[]): Text[] => {
  const of = (phase: Executed['phase']): Executed | undefined =>
    executions.findLast((each) => each.phase === phase && each.stepId === unit.id)
  const rollback = of('rollback')
  const action = of('action')
  if (isOpen(rollback)) return [lookHere(`the undoing of “${unit.title}”`, rollback, unit.undo)]
  return isOpen(action) ? [lookHere(`“${unit.title}”`, action, unit.call)] : []
}

const isOpen = (execution: Executed | undefined): execution is Executed =>
  execution?.status === 'unknown' || execution?.status === 'intent'

const lookHere = (what: string, { startedAt }: Executed, call: string | null | undefined): Text =>
  text(
    bold('Look here: '),
    `nobody knows whether ${what} happened. It began `,
    timeToSecond(startedAt),
    ...(call == null ? ['.'] : [': ', code(call)]),
  )
