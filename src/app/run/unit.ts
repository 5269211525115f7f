import type { ParameterValue } from '../../domain/action.ts'
import { actionCatalogue } from '../../domain/actions/index.ts'
import type { UnitFacts } from '../../domain/next-move.ts'
import { bindCall } from '../../domain/plan.ts'
import type { Playbook } from '../../domain/playbook.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Service, Target } from '../../domain/service.ts'
import { stagesOf } from '../../domain/stages.ts'

/** One step on one target: what has an intent, a result and an effect key of its own. */
export interface Unit {
  /** The step's id; with several targets, the target's position is added: `restart-2`. */
  readonly id: string
  /** The step of the playbook that it is, on one of its targets. */
  readonly stepId: string
  readonly title: string
  readonly position: number
  /** The stage of the playbook that it belongs to, the first being 0. */
  readonly stage: number
  readonly call: Call
  readonly rollback: Call | null
  /** Whether the playbook has something looked at right after it. */
  readonly hasCheck: boolean
}

export interface Call {
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** Null for actions that only read or wait. */
  readonly target: Target | null
  readonly timeoutMs: number
}

/** What decides about a unit: no call, no target. */
export const unitFacts = ({ id, title, rollback, hasCheck }: Unit): UnitFacts => ({
  id,
  title,
  canUndo: rollback !== null,
  hasCheck,
})

/** Time kept back for the rollback: what its steps may take, at most a third of the whole. */
export const reserveMs = (units: readonly Unit[], budgetMs: number): number => {
  const needed = units.reduce((ms, unit) => ms + (unit.rollback?.timeoutMs ?? 0), 0)
  return Math.min(needed, Math.floor(budgetMs / 3))
}

/** Resolves an approved proposal to calls. Throws when playbook or catalogue no longer offer what was approved. */
export const unitsOf = (playbook: Playbook, proposal: Proposal, service: Service): Unit[] => {
  const targets = proposal.targets.map((name) => {
    const target = service.targets.find((each) => each.name === name)
    if (target === undefined) throw new Error(`${service.name} no longer has the approved target ${name}`)
    return target
  })
  const units: Unit[] = []
  const steps = stagesOf(playbook.steps).flatMap((all, stage) => all.map((step) => ({ step, stage })))
  for (const { step, stage } of steps) {
    const bound = bind(step, proposal)
    const planned = proposal.plan.find((each) => each.id === step.id)
    const on = bound.readsOnly ? [null] : targets
    for (const [at, target] of on.entries()) {
      const many = on.length > 1
      const rollback = step.rollback === undefined ? null : bind(step.rollback, proposal)
      units.push({
        id: many ? `${step.id}-${at + 1}` : step.id,
        stepId: step.id,
        title:
          many && target !== null
            ? `${planned?.title ?? step.id} on ${target.name}`
            : (planned?.title ?? step.id),
        position: units.length,
        stage,
        call: { action: step.action, parameters: bound.parameters, target, timeoutMs: step.timeout },
        rollback:
          step.rollback === undefined || rollback === null
            ? null
            : {
                action: step.rollback.action,
                parameters: rollback.parameters,
                target: rollback.readsOnly ? null : target,
                timeoutMs: step.rollback.timeout,
              },
        hasCheck: 'check' in step && step.check !== undefined,
      })
    }
  }
  return units
}

const bind = (call: { action: string; with: Record<string, ParameterValue> }, proposal: Proposal) => {
  const bound = bindCall(call, proposal.parameters, actionCatalogue)
  if ('problems' in bound)
    throw new Error(
      `${proposal.playbook}: ${bound.problems.map((problem) => `${problem.field}: ${problem.problem}`).join('; ')}`,
    )
  return { parameters: bound.parameters, readsOnly: bound.action.effect === 'reads_only' }
}
