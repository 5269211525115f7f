import type { StepCallRequest } from '../../src/app/ports.ts'
import type { ParameterValue } from '../../src/domain/action.ts'
import { parameterNamed } from '../../src/domain/playbook.ts'

/** A refusal before anything was sent or started; its text names what to mend. */
export type Bound<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

export const bound = <T>(value: T): Bound<T> => ({ ok: true, value })
export const refused = (problem: string): Bound<never> => ({ ok: false, problem })

type Parameters = StepCallRequest['parameters']

export function parameter(parameters: Parameters, name: string): Bound<ParameterValue> {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (value !== undefined) return bound(value)
  const given = Object.keys(parameters).sort().join(', ') || 'none'
  return refused(`the call names parameter ${name}, which the step doesn't give (given: ${given})`)
}

/** A literal as it stands, or the parameter that the whole value names, with its type. */
export function bindValue(template: ParameterValue, parameters: Parameters): Bound<ParameterValue> {
  const name = parameterNamed(template)
  if (name !== null) return parameter(parameters, name)
  if (typeof template === 'string' && template.includes('${{'))
    return refused(`${JSON.stringify(template)} mixes text and a reference: only a whole value is replaced`)
  return bound(template)
}

export function missingAction({ target, action }: StepCallRequest): string {
  const known = Object.keys(target.actions).sort().join(', ') || 'none'
  return `target ${target.name} has no action ${action} (it has: ${known}); add it to the catalogue`
}
