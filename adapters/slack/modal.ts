import type { ChatPrompt } from '../../src/app/ports.ts'
import type { FormField } from '../../src/domain/form.ts'
import { plainText } from './block-kit.ts'
import { clean, cut, isBlank, label } from './escape.ts'
import { slackLimits } from './limits.ts'

/** Characters of a reason; more is an essay, and the audit log keeps it for ever. */
const mostNote = 2_000
const mostAbout = 1_000

/** The view for `views.open`: what is asked about, and one input whose block and action are both named `note`. */
export const renderPrompt = (prompt: ChatPrompt, token: string, privateMetadata: string): object => {
  const about = cut(clean(prompt.about), mostAbout)
  return {
    type: 'modal',
    callback_id: `prompt:${token}`,
    private_metadata: privateMetadata.slice(0, slackLimits.viewMetadata),
    title: plainText(label(prompt.title, slackLimits.viewTitle)),
    submit: plainText('Send'),
    close: plainText('Back'),
    blocks: [
      ...(isBlank(about)
        ? []
        : [
            {
              type: 'rich_text',
              elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: about }] }],
            },
          ]),
      ...(prompt.fields === undefined
        ? [noteInput(prompt)]
        : prompt.fields.slice(0, mostFields).map((field) => fieldInput(field))),
    ],
  }
}

const noteInput = (prompt: ChatPrompt): object => ({
  type: 'input',
  block_id: 'note',
  optional: !prompt.required,
  label: plainText(label(prompt.label, 150)),
  element: {
    type: 'plain_text_input',
    action_id: 'note',
    multiline: true,
    max_length: mostNote,
    ...(prompt.required ? { min_length: 1 } : {}),
  },
})

/** Text above, and well below the blocks that a view takes. */
const mostFields = 50
/** docs.slack.dev/reference/block-kit/composition-objects/option-object: text and value; 100 options in a select. */
const mostOption = 75
const mostOptionValue = 150
const mostOptions = 100
const mostHint = 150

/** Optional to Slack, since an empty text is a value too; what is missing is said by Suture, with the bounds. */
const fieldInput = (field: FormField): object => ({
  type: 'input',
  block_id: `field:${field.name}`.slice(0, slackLimits.actionId),
  optional: true,
  label: plainText(label(field.label, 150)),
  ...(isBlank(field.hint) ? {} : { hint: plainText(label(field.hint, mostHint)) }),
  element: elementOf(field),
})

const elementOf = ({ name, kind, value }: FormField): object => {
  const id = { action_id: `field:${name}`.slice(0, slackLimits.actionId) }
  const asText = (maxLength: number): object => ({
    type: 'plain_text_input',
    ...id,
    max_length: Math.min(Math.max(1, maxLength), slackLimits.inputText),
    ...(value === '' ? {} : { initial_value: value.slice(0, Math.min(maxLength, slackLimits.inputText)) }),
  })
  switch (kind.is) {
    case 'text':
      return asText(kind.maxLength)
    case 'number':
      return {
        type: 'number_input',
        ...id,
        is_decimal_allowed: false,
        min_value: String(kind.min),
        max_value: String(kind.max),
        ...(value === '' ? {} : { initial_value: value }),
      }
    case 'choice': {
      const fits =
        kind.options.length > 0 &&
        kind.options.length <= mostOptions &&
        kind.options.every((option) => option.value.length <= mostOptionValue && !isBlank(option.label))
      if (!fits) return asText(slackLimits.inputText)
      const options = kind.options.map((option) => ({
        text: plainText(label(option.label, mostOption)),
        value: option.value,
      }))
      const chosen = options.find((option) => option.value === value)
      return {
        type: 'static_select',
        ...id,
        options,
        ...(chosen === undefined ? {} : { initial_option: chosen }),
      }
    }
  }
}
