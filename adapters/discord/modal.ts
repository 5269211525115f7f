import type { ChatPrompt } from '../../src/app/ports.ts'
import type { FormField } from '../../src/domain/form.ts'
import { cleanLine, cut, escapeText } from './escape.ts'
import { mostCustomId, mostInputLabel, mostModalTitle } from './limits.ts'

/** Ours: a reason is a few sentences. Discord would take 4000 (Component Reference, Text Input). */
const mostNote = 1_000
/** Ours: above the input, what is asked stays in view. Before escaping. */
const mostAbout = 1_000

/** What asks for text before a press is sent: the data of an interaction callback 9. The input's id is `note`. */
export const renderPrompt = (prompt: ChatPrompt, token: string): object => {
  const about = escapeText(cut(prompt.about.trim(), mostAbout)).trim()
  return {
    custom_id: `prompt:${token}`,
    title: cut(cleanLine(prompt.title), mostModalTitle) || 'Suture',
    components: [
      ...(about === '' ? [] : [{ type: 10, content: about }]),
      ...(prompt.fields === undefined ? [noteInput(prompt)] : fieldInputs(prompt.fields, about !== '')),
    ],
  }
}

const noteInput = (prompt: ChatPrompt): object => ({
  type: 18,
  label: cut(cleanLine(prompt.label), mostInputLabel) || 'Note',
  component: { type: 4, custom_id: 'note', style: 2, required: prompt.required, max_length: mostNote },
})

/** Discord takes so many parts in a modal, the text above among them (Component Reference, Label). */
const mostParts = 5
const mostDescription = 100
const mostOptions = 25
const mostOption = 100
const mostValue = 4_000

/** As many as there is room for: of the others the last part says where they are edited. */
const fieldInputs = (fields: readonly FormField[], hasAbout: boolean): object[] => {
  const room = mostParts - (hasAbout ? 1 : 0)
  if (fields.length <= room) return fields.map((field) => fieldInput(field))
  const left = fields.slice(room - 1)
  const names = cut(left.map(({ label }) => cleanLine(label)).join(', '), mostAbout)
  return [
    ...fields.slice(0, room - 1).map((field) => fieldInput(field)),
    { type: 10, content: escapeText(`There is no room here for ${names}: edit them in the console.`) },
  ]
}

const fieldInput = (field: FormField): object => {
  const description = cut(cleanLine(field.hint), mostDescription)
  return {
    type: 18,
    label:
      cut(cleanLine(field.label), mostInputLabel) || cut(cleanLine(field.name), mostInputLabel) || 'Value',
    ...(description === '' ? {} : { description }),
    component: componentOf(field),
  }
}

const componentOf = ({ name, kind, value }: FormField): object => {
  const custom_id = `field:${name}`.slice(0, mostCustomId)
  if (kind.is === 'choice' && canChoose(kind.options))
    return {
      type: 3,
      custom_id,
      required: false,
      min_values: 0,
      max_values: 1,
      options: kind.options.map((option) => ({
        label: cut(cleanLine(option.label), mostOption) || option.value,
        value: option.value,
        ...(option.value === value ? { default: true } : {}),
      })),
    }
  const maxLength =
    kind.is === 'text'
      ? Math.min(Math.max(1, kind.maxLength), mostValue)
      : kind.is === 'number'
        ? 20
        : mostValue
  return {
    type: 4,
    custom_id,
    style: kind.is === 'text' && kind.maxLength > 200 ? 2 : 1,
    required: false,
    max_length: maxLength,
    ...(value === '' ? {} : { value: value.slice(0, maxLength) }),
  }
}

const canChoose = (options: readonly { readonly value: string }[]): boolean =>
  options.length > 0 &&
  options.length <= mostOptions &&
  new Set(options.map(({ value }) => value)).size === options.length &&
  options.every(({ value }) => value.length >= 1 && value.length <= mostOption)
