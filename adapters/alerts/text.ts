/** Longest title, in UTF-16 units. */
const maxTitle = 200
/** Longest summary, in UTF-16 units. */
const maxSummary = 2000

/** Cuts at `max` UTF-16 units, ellipsis included, and never through a character. */
export const shorten = (text: string, max: number): string => {
  if (text.length <= max) return text
  const head = text.slice(0, max - 1)
  return `${head.isWellFormed() ? head : head.slice(0, -1)}…`
}

/** Text of a string, number or boolean, trimmed; null for anything else and for nothing but blanks. */
export const textOf = (value: unknown): string | null => {
  if (typeof value === 'string') {
    const text = value.trim()
    return text === '' ? null : text
  }
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value)
  return null
}

/** One line of at most 200: a title stands in lists and headings. */
export const toTitle = (text: string): string => shorten(text.replace(/\s+/g, ' ').trim(), maxTitle)

const endsSentence = /[.!?:;…]$/

/**
 * The summary, else the message, else the description; and the first of the later ones that says more. Sources write
 * the short form in one field and the figures in another, and a responder wants both.
 */
export const toSummary = (...candidates: readonly unknown[]): string => {
  let first: string | null = null
  for (const candidate of candidates) {
    const text = textOf(candidate)
    if (text === null) continue
    if (first === null) {
      first = text
      continue
    }
    if (first.includes(text)) continue
    if (text.startsWith(first)) return shorten(text, maxSummary)
    return shorten(`${first}${endsSentence.test(first) ? '' : '.'} ${text}`, maxSummary)
  }
  return shorten(first ?? '', maxSummary)
}

/** `C = 12, D = 1` out of `{"C": 12, "D": 1}`: what was measured, where a source says nothing else. */
export const valuesText = (values: unknown): string | null => {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return null
  const parts: string[] = []
  for (const [name, value] of Object.entries(values)) {
    const text = textOf(value)
    if (text !== null) parts.push(`${name} = ${text}`)
  }
  return parts.length === 0 ? null : parts.join(', ')
}
