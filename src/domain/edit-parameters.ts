import type { ActionCatalogue, ParameterSpec, ParameterValue } from './action.ts'
import { cleanText } from './clean-text.ts'
import { parametersOf } from './narrow-parameter.ts'
import { type ParameterProblem, sanitizeParameters } from './parameters.ts'
import { planOf, valueInWords } from './plan.ts'
import type { Playbook } from './playbook.ts'
import type { EditedParameter, Proposal } from './proposal.ts'
import { type Rejection, reject } from './rejection.ts'

/** Other values for the parameters of a proposal: a new proposal, since what was proposed never changes. */

export type EditResult =
  | { readonly ok: true; readonly proposal: Proposal }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] }

/**
 * `given` has the values that shall change; the others stay. Held to the bounds of the playbook and of every action that takes
 * them; every problem is told at once. With nothing changed, `edited` has no entry.
 */
export const editParameters = (
  proposal: Proposal,
  playbook: Playbook,
  given: unknown,
  by: { readonly id: string; readonly name: string },
  actions: ActionCatalogue,
): EditResult => {
  const specs = parametersOf(playbook, actions)
  const merged = mergedWith(proposal.parameters, given)
  const sanitized = sanitizeParameters(specs, merged ?? given)
  if (!sanitized.ok) return sanitized
  const { parameters } = sanitized
  const planned = planOf(playbook, parameters, actions)
  if (!planned.ok) return planned
  const changes = Object.entries(parameters).flatMap(([name, to]): EditedParameter[] => {
    const from = proposal.parameters[name]
    return from === to
      ? []
      : [
          {
            name,
            title: specs[name]?.title ?? name,
            from: from === undefined ? 'nothing' : valueInWords(from),
            to: valueInWords(to),
          },
        ]
  })
  return { ok: true, proposal: { ...proposal, parameters, plan: planned.plan, edited: { by, changes } } }
}

/** Own properties of `given` over those in force; null when it is no plain object, which the bounds then say. */
const mergedWith = (inForce: Proposal['parameters'], given: unknown): object | null => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype !== Object.prototype && prototype !== null) return null
  if (Object.getOwnPropertySymbols(given).length > 0) return null
  const merged = Object.create(null) as object
  const put = (name: string, value: unknown) =>
    Object.defineProperty(merged, name, { value, enumerable: true, writable: true, configurable: true })
  for (const [name, value] of Object.entries(inForce)) put(name, value)
  for (const name of Object.getOwnPropertyNames(given)) put(name, (given as Record<string, unknown>)[name])
  return merged
}

const mostProblems = 10
const mostOfName = 60

/** Every problem by its parameter's name, as one refusal. */
export const refuseParameters = (problems: readonly ParameterProblem[]): Rejection => {
  const told = problems.slice(0, mostProblems).map(({ field, problem }) => {
    const name = cleanText(field, mostOfName)
    return `${name === '' ? 'parameters' : name}: ${cleanText(problem, 300)}`
  })
  const more = problems.length - told.length
  return reject(
    'parameter_bounds',
    `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
    'Correct each of them and send it again; nothing was changed.',
    { facts: { problems: problems.length, first: cleanText(problems[0]?.field ?? '', mostOfName) } },
  )
}

/**
 * What somebody typed or chose, as the value that it stands for: `2` for an integer, `true` for a boolean. What cannot be read
 * stays text, and the bounds say what was expected.
 */
export const valueOfText = ({ type }: Pick<ParameterSpec, 'type'>, typed: string): ParameterValue => {
  switch (type) {
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(typed.trim()) ? Number(typed.trim()) : typed
    case 'boolean': {
      const word = typed.trim().toLowerCase()
      if (word === 'true' || word === 'yes') return true
      return word === 'false' || word === 'no' ? false : typed
    }
    case 'choice':
    case 'string':
      return typed
  }
}
