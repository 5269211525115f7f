import type { ParameterSpec, ParameterSpecs, ParameterValue } from './action.ts'

/** What a button asks for before it is sent, where a note is not enough: one field each, for every chat alike. */

export interface FormField {
  /** What the answer comes back under. */
  readonly name: string
  readonly label: string
  /** What is taken, in words: `an integer from -3 to 3`. */
  readonly hint: string
  readonly value: string
  readonly kind:
    | { readonly is: 'text'; readonly maxLength: number }
    | { readonly is: 'number'; readonly min: number; readonly max: number }
    | {
        readonly is: 'choice'
        readonly options: readonly { readonly value: string; readonly label: string }[]
      }
}

/** What was typed or chosen, by the names of the fields. */
export type FormAnswers = Readonly<Record<string, string>>

/** Forms that belong to no card. */
export const formNames = ['freeze', 'mode'] as const
export type FormName = (typeof formNames)[number]

/** What such a form is opened and sent by, in place of a card's token: anybody may know it, and it grants nothing. */
export const tokenOfForm = (name: FormName): string => `form-${name}`

export const formOfToken = (token: string): FormName | null =>
  formNames.find((name) => tokenOfForm(name) === token) ?? null

export const fieldsOf = (
  specs: ParameterSpecs,
  values: Readonly<Record<string, ParameterValue>>,
  inWords: (spec: ParameterSpec) => string,
): FormField[] =>
  Object.entries(specs).map(([name, spec]) => ({
    name,
    label: spec.title,
    hint: inWords(spec),
    value: Object.hasOwn(values, name) ? String(values[name]) : '',
    kind: kindOf(spec),
  }))

const kindOf = (spec: ParameterSpec): FormField['kind'] => {
  switch (spec.type) {
    case 'integer':
      return { is: 'number', min: spec.min, max: spec.max }
    case 'string':
      return { is: 'text', maxLength: spec.maxLength }
    case 'choice':
      return { is: 'choice', options: spec.values.map((value) => ({ value, label: value })) }
    case 'boolean':
      return {
        is: 'choice',
        options: [
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ],
      }
  }
}
