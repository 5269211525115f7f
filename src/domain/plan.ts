import {
  type Action,
  type ActionCatalogue,
  actionNamed,
  type Impact,
  type ParameterValue,
  worstImpact,
} from './action.ts'
import { bindWith } from './bind-step.ts'
import { callsOf } from './narrow-parameter.ts'
import { type ParameterProblem, type Parameters, sanitizeParameters } from './parameters.ts'
import type { Playbook, Step, StepCall } from './playbook.ts'
import type { PlannedStep } from './proposal.ts'

/** What will be done, in words and in exact values: the dry run that people approve. */

export type Planned =
  | { readonly ok: true; readonly plan: readonly PlannedStep[] }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] }

/** Binds every step and every rollback and holds each to its action's bounds. The run binds the same way. */
export const planOf = (playbook: Playbook, parameters: Parameters, actions: ActionCatalogue): Planned => {
  const plan: PlannedStep[] = []
  const problems: ParameterProblem[] = []
  for (const step of playbook.steps) {
    const planned = planStep(step, parameters, actions)
    if ('problems' in planned) problems.push(...planned.problems)
    else plan.push(planned)
  }
  return problems.length === 0 ? { ok: true, plan } : { ok: false, problems }
}

const planStep = (
  step: Step,
  parameters: Parameters,
  actions: ActionCatalogue,
): PlannedStep | { problems: readonly ParameterProblem[] } => {
  const call = bindCall(step, parameters, actions)
  if ('problems' in call) return call
  const rollback = step.rollback === undefined ? null : bindCall(step.rollback, parameters, actions)
  if (rollback !== null && 'problems' in rollback) return rollback
  return {
    id: step.id,
    ...(step.gate === undefined ? {} : { gate: step.gate }),
    title: inWords(step.title, call),
    action: call.action.name,
    parameters: call.parameters,
    undo: undoInWords(call.action, rollback),
  }
}

interface BoundCall {
  readonly action: Action
  readonly parameters: Parameters
}

/** One call with its final values: exactly what an executor gets. */
export const bindCall = (
  call: StepCall,
  parameters: Parameters,
  actions: ActionCatalogue,
): BoundCall | { problems: readonly ParameterProblem[] } => {
  const action = actionNamed(actions, call.action)
  if (action === null)
    return {
      problems: [
        { field: call.action, problem: `no such action; there are ${Object.keys(actions).join(', ')}` },
      ],
    }
  const sanitized = sanitizeParameters(action.parameters, bindWith(call.with, parameters))
  return sanitized.ok ? { action, parameters: sanitized.parameters } : { problems: sanitized.problems }
}

const undoInWords = (action: Action, rollback: BoundCall | null): string | null => {
  if (rollback !== null) return inWords(undefined, rollback)
  switch (action.reversibility) {
    case 'not_needed':
      return 'Nothing to undo'
    case 'inverse':
    case 'none':
      return null
  }
}

/** `Turn the flag off (new-pricing off)`, or without a title of the playbook's own `Turn the flag new-pricing off`. */
const inWords = (title: string | undefined, { action, parameters }: BoundCall): string => {
  const said = action.say?.(parameters)
  if (said !== undefined) return title === undefined ? said.whole : `${title} (${said.values})`
  const values = Object.entries(parameters).map(
    ([name, value]) => `${action.parameters[name]?.title ?? name}: ${valueInWords(value)}`,
  )
  const head = title ?? action.title
  return values.length === 0 ? head : `${head} (${values.join(', ')})`
}

export const valueInWords = (value: ParameterValue): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)

/** A playbook can't make its actions look more harmless than they are: the highest impact counts. */
export const impactOf = (playbook: Playbook, actions: ActionCatalogue): Impact =>
  callsOf(playbook)
    .map(({ call }) => actionNamed(actions, call.action)?.impact ?? 'critical')
    .reduce(worstImpact, playbook.impact)

/** True when some step of the plan can't be taken back. */
export const isIrreversible = (plan: readonly PlannedStep[]): boolean =>
  plan.some((step) => step.undo === null)
