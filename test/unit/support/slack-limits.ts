import { slackLimits } from '../../../adapters/slack/limits.ts'

/**
 * Slack's limits as a list of complaints about a message or view: what Slack would refuse as `invalid_blocks`. It walks
 * plain JSON, as Slack does, and knows nothing of how a card is rendered.
 */

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

export const complaints = (blocks: readonly object[], most: number = slackLimits.blocks): string[] => [
  ...(blocks.length > most ? [`${blocks.length} blocks`] : []),
  ...(blocks.length === 0 ? ['no block'] : []),
  ...blocks.flatMap((block, index) =>
    blockComplaints(block as Json).map((each) => `block ${index}: ${each}`),
  ),
  ...duplicates(actionIds(blocks)).map((id) => `action_id ${id} stands twice`),
]

/** Besides every block's own limits, the message as a whole. */
export const messageComplaints = ({
  text,
  blocks,
}: {
  text: string
  blocks: readonly object[]
}): string[] => [
  ...sized('text', text, slackLimits.text),
  ...complaints(blocks),
  ...(new TextEncoder().encode(JSON.stringify(blocks)).length > slackLimits.blocksBytes
    ? ['the message is too long']
    : []),
]

const blockComplaints = (block: Json): string[] => {
  switch (block['type']) {
    case 'header':
      return textComplaints('header', block['text'], 'plain_text', slackLimits.headerText)
    case 'divider':
      return []
    case 'section':
      return sectionComplaints(block)
    case 'context':
      return [
        ...counted('elements of context', list(block['elements']), slackLimits.contextElements),
        ...list(block['elements']).flatMap((each) =>
          textComplaints('context', each, 'mrkdwn', slackLimits.contextText),
        ),
      ]
    case 'actions':
      return [
        ...counted('buttons', list(block['elements']), slackLimits.actions),
        ...list(block['elements']).flatMap(buttonComplaints),
      ]
    case 'rich_text':
      return [
        ...counted('groups', list(block['elements']), Number.POSITIVE_INFINITY),
        ...list(block['elements']).flatMap(groupComplaints),
      ]
    case 'input':
      return inputComplaints(block)
    default:
      return [`unknown type ${String(block['type'])}`]
  }
}

const sectionComplaints = (block: Json): string[] =>
  block['fields'] === undefined
    ? textComplaints('section', block['text'], 'mrkdwn', slackLimits.sectionText)
    : [
        ...counted('fields', list(block['fields']), slackLimits.fields),
        ...list(block['fields']).flatMap((each) =>
          textComplaints('field', each, 'mrkdwn', slackLimits.fieldText),
        ),
      ]

const buttonComplaints = (button: Json): string[] => {
  const confirm = isObject(button['confirm']) ? button['confirm'] : null
  return [
    ...(button['type'] === 'button' ? [] : ['no button']),
    ...textComplaints('button', button['text'], 'plain_text', slackLimits.buttonText),
    ...sized('action_id', button['action_id'], slackLimits.actionId),
    ...(['primary', 'danger', undefined].includes(button['style'] as string | undefined)
      ? []
      : ['unknown style']),
    ...(confirm === null
      ? []
      : [
          ...textComplaints('title of confirm', confirm['title'], 'plain_text', slackLimits.confirmTitle),
          ...textComplaints('text of confirm', confirm['text'], 'plain_text', slackLimits.confirmText),
          ...textComplaints('confirm', confirm['confirm'], 'plain_text', slackLimits.confirmButton),
          ...textComplaints('deny', confirm['deny'], 'plain_text', slackLimits.confirmButton),
        ]),
  ]
}

const inputComplaints = (block: Json): string[] => {
  const element = isObject(block['element']) ? block['element'] : {}
  return [
    ...textComplaints('label', block['label'], 'plain_text', slackLimits.inputLabel),
    ...sized('block_id', block['block_id'], slackLimits.actionId),
    ...sized('action_id', element['action_id'], slackLimits.actionId),
    ...(element['type'] === 'plain_text_input' ? [] : ['no plain_text_input']),
    ...(Number(element['max_length']) <= slackLimits.inputText ? [] : ['max_length too large']),
  ]
}

const groupComplaints = (group: Json): string[] => {
  const elements = list(group['elements'])
  switch (group['type']) {
    case 'rich_text_list':
      return [...counted('items', elements, Number.POSITIVE_INFINITY), ...elements.flatMap(groupComplaints)]
    case 'rich_text_section':
    case 'rich_text_quote':
      return [
        ...counted('elements', elements, Number.POSITIVE_INFINITY),
        ...elements.flatMap(elementComplaints),
      ]
    case 'rich_text_preformatted':
      return elements.flatMap((each) =>
        each['type'] === 'text' || each['type'] === 'link'
          ? elementComplaints(each)
          : ['no text in preformatted'],
      )
    default:
      return [`unknown group ${String(group['type'])}`]
  }
}

const elementComplaints = (element: Json): string[] => {
  switch (element['type']) {
    case 'text':
      return sized('text', element['text'], slackLimits.sectionText)
    case 'link':
      return [
        ...sized('text of link', element['text'], slackLimits.sectionText),
        ...sized('url', element['url'], slackLimits.url),
      ]
    case 'date':
      return Number.isInteger(element['timestamp']) && typeof element['format'] === 'string'
        ? []
        : ['malformed date']
    default:
      return [`unknown element ${String(element['type'])}`]
  }
}

const textComplaints = (what: string, text: unknown, type: string, most: number): string[] =>
  isObject(text) && text['type'] === type
    ? [
        ...sized(what, text['text'], most),
        ...(String(text['text']).trim() === '' ? [`${what} is blank`] : []),
      ]
    : [`${what} has no text`]

const sized = (what: string, text: unknown, most: number): string[] => {
  if (typeof text !== 'string') return [`${what} is no text`]
  if (text.length === 0) return [`${what} is empty`]
  if (!text.isWellFormed()) return [`${what} has half a character`]
  return text.length > most ? [`${what} is ${text.length} long`] : []
}

const counted = (what: string, items: readonly unknown[], most: number): string[] =>
  items.length === 0 ? [`no ${what}`] : items.length > most ? [`${items.length} ${what}`] : []

const duplicates = (all: readonly string[]): string[] => all.filter((one, at) => all.indexOf(one) !== at)

const actionIds = (blocks: readonly object[]): string[] =>
  stringsOf(blocks)
    .filter(({ key }) => key === 'action_id')
    .map(({ text }) => text)

/** Every text in a payload with the name of its field: to look for what must not be, or must be, anywhere in it. */
export const stringsOf = (
  value: unknown,
  key = '',
  type = '',
): { key: string; text: string; type: string }[] => {
  if (typeof value === 'string') return [{ key, text: value, type }]
  if (Array.isArray(value)) return value.flatMap((each) => stringsOf(each, key, type))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, each]) =>
    stringsOf(each, name, typeof value['type'] === 'string' ? value['type'] : ''),
  )
}
