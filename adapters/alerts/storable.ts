import { FieldProblem, fieldAt } from './field-problem.ts'

/** Deeper than any source nests; the walk below recurses, so it needs a bound of its own. */
const maxDepth = 64

const textProblem = (text: string): string | null => {
  if (text.includes('\0'))
    return 'holds the character U+0000, which PostgreSQL cannot store; remove it at the sender'
  if (!text.isWellFormed()) {
    return 'holds half of a surrogate pair, which is no character; send complete UTF-16 escapes or plain UTF-8'
  }
  return null
}

const walk = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  if (depth >= maxDepth) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!walk(item, depth + 1)) return false
    return true
  }
  const object = value as Record<string, unknown>
  for (const key in object) {
    if (key === '__proto__' || !key.isWellFormed() || key.includes('\0')) return false
    if (!walk(object[key], depth + 1)) return false
  }
  return true
}

/** The same walk with the path kept, taken only when the fast one has found something. */
const locate = (value: unknown, field: string, depth: number): FieldProblem | null => {
  if (typeof value === 'string') {
    const problem = textProblem(value)
    return problem === null ? null : new FieldProblem(field, problem)
  }
  if (typeof value !== 'object' || value === null) return null
  if (depth >= maxDepth) {
    return new FieldProblem(field, `is nested more than ${maxDepth} levels deep; send a flatter alert`)
  }
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const here = fieldAt(field, key)
    if (key === '__proto__')
      return new FieldProblem(here, 'is not allowed as a name; rename it at the sender')
    const problem = typeof key === 'string' ? textProblem(key) : null
    const found =
      problem === null ? locate(item, here, depth + 1) : new FieldProblem(here, `the name ${problem}`)
    if (found !== null) return found
  }
  return null
}

/** Throws FieldProblem, naming the field, when any text or name inside `raw` could not be stored as it is. */
export const requireStorable = (raw: unknown, field: string): void => {
  if (walk(raw, 0)) return
  const problem = locate(raw, field, 0)
  if (problem !== null) throw problem
}
