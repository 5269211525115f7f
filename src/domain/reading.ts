import type { z } from 'zod'

/** Reading what people wrote: a typed value, or every problem at once with where it is and what to do. */

export interface FileProblem {
  /** Keys and positions from the root, such as `['steps', 0, 'timeout']`; empty for the whole document. */
  readonly path: readonly (string | number)[]
  /** What was expected and what was found. */
  readonly problem: string
  readonly remedy: string
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/** A function that turns parsed data into a typed value. */
export type Reader<T> = (input: unknown) => Reading<T>

export const readWith =
  <T>(schema: z.ZodType<T>): Reader<T> =>
  (input) => {
    const parsed = schema.safeParse(input)
    return parsed.success
      ? { ok: true, value: parsed.data }
      : { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, input)) }
  }

/** `steps[0].timeout`, for messages. */
export const pathInWords = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (words, key) => (typeof key === 'number' ? `${words}[${key}]` : words === '' ? key : `${words}.${key}`),
    '',
  )

const problemsOf = (issue: z.core.$ZodIssue, input: unknown): FileProblem[] => {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: `unknown field ${JSON.stringify(key)}`,
      remedy: 'Remove it, or correct its spelling.',
    }))
  const found = valueAt(input, path)
  if (found === undefined && path.length > 0) {
    const expected = issue.message.replace(/^Invalid input: /, '').replace(/, received undefined$/, '')
    return [{ path, problem: `missing; ${lowerFirst(expected)}`, remedy: `Add ${pathInWords(path)}.` }]
  }
  return [
    {
      path,
      problem: `${lowerFirst(issue.message)}${/found|received/.test(issue.message) ? '' : `, found ${shown(found)}`}`,
      remedy: `Correct ${path.length === 0 ? 'the document' : pathInWords(path)}.`,
    },
  ]
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

const valueAt = (input: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    input,
  )

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
