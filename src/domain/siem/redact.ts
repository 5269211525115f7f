import type { AuditEntry, AuditValue } from '../audit.ts'
import { secretNames } from '../secret-names.ts'

/** What stands in the place of a value that is not shown. */
export const redactedMark = '[Redacted]'

const hidden: ReadonlySet<string> = new Set(secretNames)

/** Details without the values of fields that are named like secrets, at any depth, and with `clean` over every text. */
export const redactDetails = (
  details: AuditEntry['details'],
  clean: (text: string) => string,
): AuditEntry['details'] =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      hidden.has(name.toLowerCase()) ? redactedMark : redactValue(value, clean),
    ]),
  )

const redactValue = (value: AuditValue, clean: (text: string) => string): AuditValue => {
  if (typeof value === 'string') return clean(value)
  if (isList(value)) return value.map((each) => redactValue(each, clean))
  return typeof value === 'object' && value !== null ? redactDetails(value, clean) : value
}

const isList = (value: AuditValue): value is readonly AuditValue[] => Array.isArray(value)
