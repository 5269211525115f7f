import { isIP } from 'node:net'
import { z } from 'zod'
import { durationBetween } from '../domain/duration.ts'

/** What a setting is, and how the text of a variable becomes a value. */

export interface Setting<T> {
  readonly description: string
  /** As a person would write it; parsed like any other value. Absent: the setting is optional. */
  readonly default?: string
  readonly example?: string
  readonly secret?: boolean
  readonly parse: z.ZodType<T, string>
}

export type Defaulted<T> = Setting<T> & { readonly default: string }
export const setting = <T>(declared: Defaulted<T>): Defaulted<T> => declared
export const optional = <T>(declared: Omit<Setting<T>, 'default'>): Setting<T> => declared

export const text = (max = 1_000) => z.string().min(1).max(max)
export const duration = (minMs: number, maxMs: number) => durationBetween(minMs, maxMs)
export const minute = 60_000
export const integer = (min: number, max: number) =>
  z.string().transform((value, context) => {
    const number = Number(value)
    if (!/^-?\d+$/.test(value) || number < min || number > max) {
      context.addIssue({
        code: 'custom',
        message: `expected a whole number from ${min} to ${max}, found ${JSON.stringify(value)}`,
      })
      return z.NEVER
    }
    return number
  })
export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, {
    error: (issue) => `expected one of ${values.join(', ')}, found ${JSON.stringify(issue.input)}`,
  })
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
)
export const url = (protocols: RegExp, names: string) =>
  z.url({ protocol: protocols, error: `expected a URL beginning with ${names}` })

export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, 'expected the name of a header: letters, digits and dashes, at most 100')
/** `/0` is refused: it would believe everybody, which is what the setting is there to prevent. */
const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  const isPrefix =
    prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
  return family !== 0 && isPrefix && more.length === 0
}
export const networks = list.refine((found) => found.every(isNetwork), {
  error: 'expected addresses, or networks such as 10.0.0.0/8, separated by commas',
})
/** Subjects have commas inside, and a semicolon only behind a backslash. */
export const subjects = z.string().transform((value) =>
  value
    .split(/(?<!\\);/)
    .map((each) => each.trim())
    .filter((each) => each !== ''),
)
