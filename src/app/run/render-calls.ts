import { actionNamed } from '../../domain/action.ts'
import { actionCatalogue } from '../../domain/actions/index.ts'
import type { PlannedCall, PlannedStep } from '../../domain/proposal.ts'
import { effectKey } from '../../domain/step.ts'
import type { App } from '../app.ts'
import type { Call, Unit } from './unit.ts'

/**
 * The plan with the calls that its targets would get now. Nothing is called: the same text comes out of the same catalogue,
 * playbook and settings, so that a run can be held to what was approved.
 */
export const renderCalls = (
  executors: App['executors'],
  plan: readonly PlannedStep[],
  units: readonly Unit[],
): PlannedStep[] =>
  plan.map((step) => ({
    ...step,
    calls: units.filter((unit) => unit.stepId === step.id).map((unit) => callsOf(executors, unit)),
  }))

const callsOf = (executors: App['executors'], unit: Unit): PlannedCall => ({
  target: unit.call.target?.name ?? null,
  call: render(executors, unit.call, effectKey(anyRun, unit.id, 'action')),
  undo:
    unit.rollback === null ? null : render(executors, unit.rollback, effectKey(anyRun, unit.id, 'rollback')),
})

/** No run exists yet when a proposal is made; calls are shown without their keys. */
const anyRun = 'run'

const render = (executors: App['executors'], call: Call, key: string): string => {
  const { target, action, parameters, timeoutMs } = call
  if (target === null) return byItself(call)
  const executor = executors.get(target.kind)
  return executor === undefined
    ? `nothing here can act on targets of kind ${target.kind}`
    : executor.render({ effectKey: key, target, action, parameters, timeoutMs })
}

/** What Suture does without any target: `Wait: Seconds 5`. */
const byItself = ({ action, parameters }: Call): string => {
  const known = actionNamed(actionCatalogue, action)
  const values = Object.entries(parameters).map(
    ([name, value]) => `${known?.parameters[name]?.title ?? name} ${value}`,
  )
  return [known?.title ?? action, ...(values.length === 0 ? [] : [values.join(', ')])].join(': ')
}
