import { z } from 'zod'
import { reserveMs, type Unit, unitFacts } from '../../src/app/run/unit.ts'
import { recoveries } from '../../src/domain/learning.ts'
import { type End, endOverdue, type Move, nextMove, type RunFacts } from '../../src/domain/next-move.ts'
import type { Verdict } from '../../src/domain/policy/verdict.ts'
import { stepPhases, stepStatuses } from '../../src/domain/step.ts'
import type { Made, Moment, RunHistory } from './run-histories.ts'

/** Decisions about recorded rows, taken now and written as the histories write them. The recorder writes with the same words. */

type Step = RunFacts['steps'][number]
const stops = [null, 'timed_out', 'canceled'] as const

export const stepsInWords = (steps: readonly Step[]): string =>
  steps.map(({ stepId, phase, status }) => `${stepId}/${phase}/${status}`).join(' ')

const Three = z.tuple([z.string(), z.enum(stepPhases), z.enum(stepStatuses)])
const stepsFrom = (words: string): Step[] =>
  words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [stepId, phase, status] = Three.parse(word.split('/'))
      return { stepId, phase, status }
    })

/** Everything of a move but its sentence. */
export const moveInWords = (move: Move): string => {
  switch (move.do) {
    case 'ask_target':
    case 'perform':
      return `${move.do} ${move.stepId} ${move.phase}`
    case 'check':
      return `check ${move.stepId}`
    case 'begin_verification':
    case 'verify':
      return move.do
    case 'begin_rollback':
      return `begin_rollback ${move.cause}`
    case 'end':
      return `end ${move.status} ${move.cause ?? '-'} ${move.recovery}`
  }
}

export const sentenceOf = (move: Move): string => ('reason' in move ? move.reason : '')

export const verdictInWords = ({
  reasons,
  approverRoles,
  requiredRoles,
  requiredGroups,
  ...rest
}: Verdict) => ({
  ...rest,
  approverRoles: [...approverRoles],
  ...(requiredRoles.length === 0 ? {} : { requiredRoles: [...requiredRoles] }),
  ...(requiredGroups.length === 0 ? {} : { requiredGroups: [...requiredGroups] }),
  reasons: reasons.map(({ code }) => code),
})

type Rows = Pick<Moment, 'status' | 'cause' | 'reason' | 'steps'>

const factsFrom = (rows: Rows, units: readonly Unit[], service: string) => ({
  status: rows.status,
  cause: rows.cause,
  reason: rows.reason,
  units: units.map(unitFacts),
  // There were no gates then.
  lastStage: true,
  steps: stepsFrom(rows.steps),
  service,
})

/** What whoever finds these rows would decide now. */
export const decidedAt = (
  rows: Rows,
  units: readonly Unit[],
  service: string,
  budgetMs: number,
): Pick<Moment, 'moves' | 'overdue'> => {
  const facts = { ...factsFrom(rows, units, service), resumed: true }
  const seen = rows.status === 'verifying' ? [null, ...recoveries.toSorted()] : [null]
  return {
    moves: inOneLine(
      stops.flatMap((stopped) =>
        seen.map((recovery) => moveInWords(nextMove({ ...facts, stopped, recovery }))),
      ),
    ),
    overdue: moveInWords(endOverdue({ ...facts, stopped: 'timed_out', recovery: null }, budgetMs)),
  }
}

const inOneLine = (decisions: readonly string[]): string =>
  decisions
    .reduce<{ decision: string; times: number }[]>((counted, decision) => {
      const last = counted.at(-1)
      return last?.decision === decision
        ? [...counted.slice(0, -1), { decision, times: last.times + 1 }]
        : [...counted, { decision, times: 1 }]
    }, [])
    .map(({ decision, times }) => (times === 1 ? decision : `${decision} x ${times}`))
    .join('; ')

/** The same decision, taken now. */
export const decideAgain = (
  made: Made,
  units: readonly Unit[],
  service: string,
  budgetMs: number,
): Move | End => {
  const { stopped, recovery, resumed } = made
  const facts = { ...factsFrom(made, units, service), stopped, recovery, resumed }
  return made.by === 'watchdog' ? endOverdue(facts, budgetMs) : nextMove(facts)
}

/** What decides of the units: everything but their titles, which only people read. */
export const plannedIn = (
  units: readonly Unit[],
  budgetMs: number,
): Pick<RunHistory, 'units' | 'reserveMs'> => ({
  units: units.map(({ id, position, hasCheck, call, rollback }) => ({
    id,
    position,
    hasCheck,
    call: callIn(call),
    rollback: rollback === null ? null : callIn(rollback),
  })),
  reserveMs: reserveMs(units, budgetMs),
})

const callIn = ({ action, parameters, target, timeoutMs }: Unit['call']) => ({
  action,
  parameters: { ...parameters },
  target: target?.name ?? null,
  timeoutMs,
})
