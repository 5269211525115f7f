import type { ParameterValue } from './action.ts'
import { parameterNamed } from './playbook.ts'

/**
 * Replaces every value that is exactly `${{ parameters.name }}` by that parameter; all others stay as they are. Used alike
 * for the plan that is approved and for the run. Throws when a named parameter is absent: `checkPlaybook` has ruled that out.
 */
export const bindWith = (
  withValues: Readonly<Record<string, ParameterValue>>,
  parameters: Readonly<Record<string, ParameterValue>>,
): Record<string, ParameterValue> =>
  Object.fromEntries(
    Object.entries(withValues).map(([name, value]) => {
      const reference = parameterNamed(value)
      if (reference === null) return [name, value]
      const bound = Object.hasOwn(parameters, reference) ? parameters[reference] : undefined
      if (bound === undefined)
        throw new Error(
          `Step value ${name} names parameters.${reference}, which is not bound; bound are: ${Object.keys(parameters).join(', ') || 'none'}.`,
        )
      return [name, bound]
    }),
  )
