import { FieldProblem, fieldAt, kindOf } from './field-problem.ts'

const maxLabels = 100
/** In UTF-16 units, as the next. */
const maxLabelName = 200
const maxLabelValue = 2000

const scalarText = (value: unknown, field: string): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value)
  throw new FieldProblem(
    field,
    `expected text, a number or true/false, found ${kindOf(value)}; send label values as text`,
  )
}

/**
 * Labels as text, inside the limits; throws FieldProblem with the label over a limit. Nothing is cut: a shortened
 * label could make two alerts look like one.
 */
export const toLabels = (raw: Readonly<Record<string, unknown>>, field: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  let count = 0
  for (const [name, value] of Object.entries(raw)) {
    count++
    if (name.length > maxLabelName) {
      throw new FieldProblem(
        fieldAt(field, name),
        `expected a label name of at most ${maxLabelName} characters, found ${name.length}; shorten it at the sender`,
      )
    }
    const text = scalarText(value, fieldAt(field, name))
    if (text.length > maxLabelValue) {
      throw new FieldProblem(
        fieldAt(field, name),
        `expected at most ${maxLabelValue} characters, found ${text.length}; put long text into an annotation`,
      )
    }
    labels[name] = text
  }
  if (count > maxLabels) {
    throw new FieldProblem(
      field,
      `expected at most ${maxLabels} labels, found ${count}; drop labels at the sender`,
    )
  }
  return labels
}
