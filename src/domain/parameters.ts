import type { ParameterSpec, ParameterSpecs, ParameterValue } from './action.ts'

/** Parameter bounds: only what passes here, as the copy made here, reaches an executor. */

export type Parameters = Readonly<Record<string, ParameterValue>>

export interface ParameterProblem {
  /** The parameter's name; empty when the whole input is wrong. */
  readonly field: string
  /** What was expected and what was found. */
  readonly problem: string
}

export type Sanitized =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] }

/**
 * Checks `input` against `specs` and returns a fresh object with a null prototype, in the order of the specs, defaults
 * filled in. Nothing is converted: `true` is no integer and neither is `"1"`. All problems are reported at once.
 */
export const sanitizeParameters = (specs: ParameterSpecs, input: unknown): Sanitized => {
  const given = readObject(input)
  if (given === null)
    return {
      ok: false,
      problems: [{ field: '', problem: `expected an object of parameters, found ${describe(input)}` }],
    }
  const problems: ParameterProblem[] = []
  const parameters = Object.create(null) as Record<string, ParameterValue>
  for (const field of given.keys())
    if (!Object.hasOwn(specs, field))
      problems.push({ field, problem: `unexpected parameter; expected ${listOf(Object.keys(specs))}` })
  for (const [field, spec] of Object.entries(specs)) {
    const value = given.get(field) === undefined ? spec.default : given.get(field)
    if (value === undefined) {
      problems.push({ field, problem: `required: ${expectation(spec)}` })
      continue
    }
    if (isWithin(spec, value)) parameters[field] = Object.is(value, -0) ? 0 : value
    else problems.push({ field, problem: `expected ${expectation(spec)}, found ${describe(value)}` })
  }
  return problems.length === 0 ? { ok: true, parameters } : { ok: false, problems }
}

/** Own properties, read once, so that a getter can't answer differently later; null when it isn't a plain object. */
const readObject = (input: unknown): Map<string, unknown> | null => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  const prototype: unknown = Object.getPrototypeOf(input)
  if (prototype !== Object.prototype && prototype !== null) return null
  if (Object.getOwnPropertySymbols(input).length > 0) return null
  return new Map(
    Object.getOwnPropertyNames(input).map((key) => [key, (input as Record<string, unknown>)[key]]),
  )
}

export const isWithin = (spec: ParameterSpec, value: unknown): value is ParameterValue => {
  switch (spec.type) {
    case 'integer':
      return (
        typeof value === 'number' &&
        Number.isSafeInteger(value) &&
        value >= spec.min &&
        value <= spec.max &&
        !(spec.except ?? []).includes(value)
      )
    case 'string':
      return (
        typeof value === 'string' &&
        value.length <= spec.maxLength &&
        isStorable(value) &&
        (spec.pattern === undefined || new RegExp(`^(?:${spec.pattern})$`, 'u').test(value))
      )
    case 'choice':
      return typeof value === 'string' && spec.values.includes(value)
    case 'boolean':
      return typeof value === 'boolean'
  }
}

/** PostgreSQL stores no U+0000, and half a surrogate pair has no canonical JSON. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()

/** `an integer from -3 to 3 but not 0`, for messages. */
export const expectation = (spec: ParameterSpec): string => {
  switch (spec.type) {
    case 'integer': {
      const except = (spec.except ?? []).length > 0 ? ` but not ${(spec.except ?? []).join(' or ')}` : ''
      return `an integer from ${spec.min} to ${spec.max}${except}`
    }
    case 'string':
      return `text of at most ${spec.maxLength} characters${spec.pattern === undefined ? '' : ` matching ${spec.pattern}`}`
    case 'choice':
      return `one of ${spec.values.join(', ')}`
    case 'boolean':
      return 'true or false'
  }
}

/** The value with its type, shortened: `text "1"`, `number 1.5`. */
const describe = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string')
    return value.length > 60 ? `text of ${value.length} characters` : `text ${JSON.stringify(value)}`
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${String(value)}`
  return typeof value === 'object' ? 'an object' : typeof value
}

const listOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))
