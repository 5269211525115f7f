import type { z } from 'zod'
import { ChangeWindow, Freeze, Holidays } from './calendar.ts'
import { DataRule } from './data-rule.ts'
import { defaultPolicy, type PolicyDocument } from './document.ts'
import { Shift } from './shift.ts'

/**
 * A policy as a row has it, which an earlier version may have written: what it does not say is as a new file would have
 * it. Durations are milliseconds already, so the file's own schema can't read it.
 */
export const storedPolicy = (body: unknown): PolicyDocument => {
  const stored = filled(defaultPolicy, body) as PolicyDocument
  return {
    ...stored,
    windows: each(ChangeWindow, stored.windows),
    freezes: each(Freeze, stored.freezes),
    holidays: each(Holidays, stored.holidays),
    shifts: each(Shift, stored.shifts),
    rules: each(DataRule, stored.rules),
  }
}

/** What an earlier version has let through stays as it is. */
const each = <T>(schema: z.ZodType<T>, items: readonly T[]): T[] =>
  items.map((item) => {
    const read = schema.safeParse(item)
    return read.success ? read.data : item
  })

const filled = (standard: unknown, given: unknown): unknown => {
  if (given === undefined) return standard
  if (!isObject(standard) || !isObject(given)) return given
  const keys = [...Object.keys(standard), ...Object.keys(given)]
  return Object.fromEntries(keys.map((key) => [key, filled(standard[key], given[key])]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
