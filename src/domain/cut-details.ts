import type { AuditEntry, AuditValue } from './audit.ts'

type Details = AuditEntry['details']

/** Nothing that is shorter than this says anything. */
const fewest = 8

/**
 * Details that are too long for an entry, with their longest texts and lists shortened until `fits`. `cut: true` says so, and in
 * the place of what was left out stands how much it was.
 */
export const cutDetails = (details: Details, fits: (details: Details) => boolean): Details => {
  for (let most = 4_096; most >= fewest; most /= 2) {
    const cut = { ...(shortened(details, most) as Details), cut: true }
    if (fits(cut)) return cut
  }
  return { cut: true }
}

const shortened = (value: AuditValue, most: number): AuditValue => {
  if (typeof value === 'string') return value.length <= most ? value : cutText(value, most)
  if (isList(value)) {
    const kept = value.slice(0, most).map((each) => shortened(each, most))
    return value.length <= most ? kept : [...kept, `… ${value.length - most} more`]
  }
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value)
  const kept = keys.slice(0, most).map((key) => [key, shortened(value[key] ?? null, most)] as const)
  const left = keys.length - kept.length
  return Object.fromEntries(left > 0 ? [...kept, ['…', `${left} more`]] : kept)
}

const isList = (value: AuditValue): value is readonly AuditValue[] => Array.isArray(value)

const cutText = (text: string, most: number): string => {
  const kept = text.slice(0, most)
  // Half of a pair is no character, and has no canonical form.
  const whole = kept.isWellFormed() ? kept : kept.slice(0, -1)
  return `${whole}… ${text.length - whole.length} characters more`
}
