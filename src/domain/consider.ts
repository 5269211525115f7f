import { type ActionCatalogue, actionNamed } from './action.ts'
import type { Hypothesis } from './diagnosis.ts'
import { callsOf, parametersOf } from './narrow-parameter.ts'
import { type Parameters, type Sanitized, sanitizeParameters } from './parameters.ts'
import { planOf } from './plan.ts'
import type { Playbook } from './playbook.ts'
import type { PlannedStep } from './proposal.ts'
import type { Service, Target } from './service.ts'

/** Whether a playbook can be carried out on a service for a hypothesis, and if not, why. */

export type Considered =
  | {
      readonly fits: true
      readonly parameters: Parameters
      readonly targets: readonly string[]
      readonly plan: readonly PlannedStep[]
    }
  | { readonly fits: false; readonly why: string }

export const consider = (
  playbook: Playbook,
  hints: Hypothesis['hints'],
  service: Service,
  actions: ActionCatalogue,
): Considered => {
  const targets = targetsOf(playbook, service, actions)
  if (!targets.ok) return { fits: false, why: targets.why }
  const parameters = bindParameters(playbook, hints, actions)
  if (!parameters.ok) return { fits: false, why: missing(playbook, hints, parameters) }
  const planned = planOf(playbook, parameters.parameters, actions)
  if (!planned.ok) return { fits: false, why: problemsInWords(planned.problems) }
  return { fits: true, parameters: parameters.parameters, targets: targets.names, plan: planned.plan }
}

/** Hint first, then default; held to the playbook's and its actions' bounds. */
export const bindParameters = (
  playbook: Playbook,
  hints: Hypothesis['hints'],
  actions: ActionCatalogue,
): Sanitized => {
  const given = Object.entries(playbook.parameters).flatMap(([name, parameter]) =>
    parameter.fromHint !== undefined && Object.hasOwn(hints, parameter.fromHint)
      ? [[name, hints[parameter.fromHint]] as const]
      : [],
  )
  return sanitizeParameters(parametersOf(playbook, actions), Object.fromEntries(given))
}

type Targets =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly why: string }

/** Every chosen target must offer every action that changes it, rollbacks too: half a remedy is none. */
const targetsOf = (playbook: Playbook, service: Service, actions: ActionCatalogue): Targets => {
  const needed = new Set(
    callsOf(playbook)
      .map(({ call }) => call.action)
      .filter((name) => actionNamed(actions, name)?.effect !== 'reads_only'),
  )
  const acting = service.targets.filter((target) => !isOnlyLookedAt(target))
  const chosen = playbook.targets === 'first' ? acting.slice(0, 1) : acting
  if (chosen.length === 0) return { ok: false, why: `${service.name} has no targets in the catalogue` }
  for (const target of chosen)
    for (const action of needed)
      if (!Object.hasOwn(target.actions, action))
        return { ok: false, why: `target ${target.name} does not offer ${action}` }
  return { ok: true, names: chosen.map((target) => target.name).sort() }
}

/** It offers checks and nothing that changes it, such as the machine that smoke tests run on. */
const isOnlyLookedAt = (target: Target): boolean =>
  target.kind === 'command' && target.checks !== undefined && Object.keys(target.actions).length === 0

const missing = (
  playbook: Playbook,
  hints: Hypothesis['hints'],
  sanitized: Extract<Sanitized, { ok: false }>,
): string => {
  const unknown = sanitized.problems.flatMap(({ field }) => {
    const hint = playbook.parameters[field]?.fromHint
    return hint !== undefined && !Object.hasOwn(hints, hint) ? [hint] : []
  })
  return unknown.length > 0
    ? `the evidence names no ${unknown.join(' and no ')}`
    : problemsInWords(sanitized.problems)
}

const problemsInWords = (problems: readonly { field: string; problem: string }[]): string =>
  problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
