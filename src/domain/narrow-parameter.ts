import { type ActionCatalogue, actionNamed, type ParameterSpec, type ParameterSpecs } from './action.ts'
import { isWithin } from './parameters.ts'
import { type Playbook, type PlaybookParameter, parameterNamed, type StepCall } from './playbook.ts'

/** A playbook's parameter is held to its own bounds and to those of every action that takes it. */

/** Every call a playbook makes: its steps' actions and their rollbacks, with the path for messages. */
export const callsOf = (playbook: Playbook): { call: StepCall; path: (string | number)[] }[] =>
  playbook.steps.flatMap((step, index) => [
    { call: step, path: ['steps', index] },
    ...(step.rollback === undefined ? [] : [{ call: step.rollback, path: ['steps', index, 'rollback'] }]),
  ])

/** The bounds in force for each declared parameter: what a card shows, and what an edit is checked against. */
export const parametersOf = (playbook: Playbook, actions: ActionCatalogue): ParameterSpecs =>
  Object.fromEntries(
    Object.entries(playbook.parameters).map(([name, parameter]) => [
      name,
      takers(playbook, actions, name).reduce<ParameterSpec>(
        (spec, taker) => narrow(spec, taker) ?? spec,
        specOf(parameter),
      ),
    ]),
  )

const takers = (playbook: Playbook, actions: ActionCatalogue, name: string): ParameterSpec[] =>
  callsOf(playbook).flatMap(({ call }) =>
    Object.entries(call.with).flatMap(([field, value]) => {
      const spec = actionNamed(actions, call.action)?.parameters[field]
      return parameterNamed(value) === name && spec !== undefined ? [spec] : []
    }),
  )

const withDefault = <T>(value: unknown, type: 'string' | 'number' | 'boolean'): { default?: T } =>
  typeof value === type ? { default: value as T } : {}

export const specOf = (parameter: PlaybookParameter): ParameterSpec => {
  const { title } = parameter
  switch (parameter.type) {
    case 'integer':
      return {
        type: 'integer',
        title,
        min: parameter.min ?? Number.MIN_SAFE_INTEGER,
        max: parameter.max ?? Number.MAX_SAFE_INTEGER,
        ...withDefault<number>(parameter.default, 'number'),
      }
    case 'string':
      return {
        type: 'string',
        title,
        maxLength: parameter.maxLength ?? 2_000,
        ...withDefault<string>(parameter.default, 'string'),
      }
    case 'choice':
      return {
        type: 'choice',
        title,
        values: parameter.values ?? [],
        ...withDefault<string>(parameter.default, 'string'),
      }
    case 'boolean':
      return { type: 'boolean', title, ...withDefault<boolean>(parameter.default, 'boolean') }
  }
}

/** Both bounds at once, with the first one's title and default; null when no value could satisfy both types. */
export const narrow = (spec: ParameterSpec, by: ParameterSpec): ParameterSpec | null => {
  if (spec.type === 'integer' && by.type === 'integer')
    return {
      ...spec,
      min: Math.max(spec.min, by.min),
      max: Math.min(spec.max, by.max),
      except: [...new Set([...(spec.except ?? []), ...(by.except ?? [])])],
    }
  if (spec.type === 'boolean' && by.type === 'boolean') return spec
  if (spec.type === 'choice' && (by.type === 'choice' || by.type === 'string'))
    return { ...spec, values: spec.values.filter((value) => isWithin(by, value)) }
  if (spec.type === 'string' && by.type === 'string') {
    const patterns = [spec.pattern, by.pattern].filter((pattern) => pattern !== undefined)
    return {
      ...spec,
      maxLength: Math.min(spec.maxLength, by.maxLength),
      // Lookaheads: every pattern must match the whole value.
      ...(patterns.length === 0 ? {} : { pattern: join(patterns) }),
    }
  }
  return null
}

const join = (patterns: readonly string[]): string => {
  const [only, ...others] = [...new Set(patterns)]
  return others.length === 0
    ? (only ?? '')
    : `${[only, ...others].map((pattern) => `(?=(?:${pattern})$)`).join('')}[^]*`
}
