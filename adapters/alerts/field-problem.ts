import type { z } from 'zod'

/** One alert cannot be understood because of one field. Thrown and caught inside this folder only. */
export class FieldProblem extends Error {
  override readonly name = 'FieldProblem'
  readonly field: string
  readonly problem: string

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`)
    this.field = field
    this.problem = problem
  }
}

const plainKey = /^[\w-]{1,64}$/

/**
 * `alerts[3]` + `labels` -> `alerts[3].labels`; an unusual key is quoted and escaped, so that a field name is always
 * printable and storable whatever the sender called it.
 */
export const fieldAt = (parent: string, key: PropertyKey): string => {
  if (typeof key === 'number') return `${parent}[${key}]`
  const name = String(key)
  if (plainKey.test(name)) return parent === '' ? name : `${parent}.${name}`
  return `${parent}[${JSON.stringify(name.length > 64 ? `${name.slice(0, 63)}…` : name)}]`
}

/** What a person would call this JSON value. */
export const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** The first thing zod found wrong, with the field named from `prefix` on. */
export const firstProblem = (error: z.ZodError, value: unknown, prefix: string): FieldProblem => {
  const issue = error.issues[0]
  if (issue === undefined)
    return new FieldProblem(prefix, 'expected another value; see the format of this source')
  let field = prefix
  let found: unknown = value
  for (const key of issue.path) {
    field = fieldAt(field, key)
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  }
  const expected =
    issue.code === 'invalid_type'
      ? (expectedWords[issue.expected] ?? issue.expected)
      : issue.code === 'invalid_union'
        ? 'text, a number or true/false'
        : issue.message
  return new FieldProblem(field, `expected ${expected}, found ${kindOf(found)}; correct it at the sender`)
}
