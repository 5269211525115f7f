import type { ParameterValue } from '../../domain/action.ts'
import { actionCatalogue } from '../../domain/actions/index.ts'
import { bindCall } from '../../domain/plan.ts'
import type { Playbook } from '../../domain/playbook.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Service, Target } from '../../domain/service.ts'

/** One step on one target: what has an intent, a result and an effect key of its own. */
export interface Unit {
  /** The step's id; with several targets, the target's position is added: `restart-2`. */
  readonly id: string
  readonly title: string
  readonly position: number
  readonly call: Call
  readonly rollback: Call | null
}

export interface Call {
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** Null for actions that only read or wait. */
  readonly target: Target | null
  readonly timeoutMs: number
}

/** Resolves an approved proposal to calls. Throws when playbook or catalogue no longer offer what was approved. */
export const unitsOf = (playbook: Playbook, proposal: Proposal, service: Service): Unit[] => {
  const targets = proposal.targets.map((name) => {
    const target = service.targets.find((each) => each.name === name)
    if (target === undefined) throw new Error(`${service.name} no longer has the approved target ${name}`)
    return target
  })
  const units: Unit[] = []
  for (const step of playbook.steps) {
    const bound = bind(step, proposal)
    const planned = proposal.plan.find((each) => each.id === step.id)
    const on = bound.readsOnly ? [null] : targets
    for (const [at, target] of on.entries()) {
      const many = on.length > 1
      const rollback = step.rollback === undefined ? null : bind(step.rollback, proposal)
      units.push({
        id: many ? `${step.id}-${at + 1}` : step.id,
        title:
          many && target !== null
            ? `${planned?.title ?? step.id} on ${target.name}`
            : (planned?.title ?? step.id),
        position: units.length,
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
