import type { FormField } from '../../domain/form.ts'

/** What no list of a chat holds, and nobody would look through, is typed. */
const mostOptions = 100

type Option = Extract<FormField['kind'], { is: 'choice' }>['options'][number]

/** A field for one of these names: chosen from a list as long as it is short, else typed. The first of a name stands. */
export const namesField = (
  field: Omit<FormField, 'kind'>,
  all: readonly Option[],
  maxLength: number,
): FormField => {
  const options = [...new Map(all.toReversed().map((option) => [option.value, option])).values()].toReversed()
  return {
    ...field,
    kind: options.length > mostOptions ? { is: 'text', maxLength } : { is: 'choice', options },
  }
}
