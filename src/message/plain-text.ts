import type { Block, Card, Span, StepMark, Text } from '../domain/card.ts'
import { textRowsOf } from '../domain/chart/text-rows.ts'

/** A card as text without any markup, for the terminal and for logs. Control characters are taken out: text can't drive a terminal. */

const marks = {
  waiting: '[ ]',
  running: '[~]',
  succeeded: '[x]',
  failed: '[!]',
  skipped: '[-]',
  unknown: '[?]',
  undone: '[<]',
} as const satisfies Record<StepMark, string>

export const plainText = (card: Card): string =>
  [headLine(card), ...card.blocks.flatMap(blockLines)].join('\n')

const headLine = ({ title, status, severity }: Card): string => {
  const state = [status, severity ?? ''].filter((part) => part !== '')
  return `${line(title)}${state.length === 0 ? '' : ` (${line(state.join(', '))})`}`
}

export const plainSpans = (spans: Text): string => spans.map(spanText).join('')

const spanText = (span: Span): string => {
  switch (span.kind) {
    case 'plain':
    case 'bold':
    case 'code':
      return safe(span.text)
    case 'link':
      return `${line(span.text)} <${line(span.url)}>`
    case 'mention':
      return line(span.name)
    case 'time':
      return line(span.at)
  }
}

const blockLines = (block: Block): string[] => {
  switch (block.kind) {
    case 'text':
    case 'context':
      return [plainSpans(block.text)]
    case 'fields':
      return block.fields.map(({ label, value }) => `${line(label)}: ${plainSpans(value)}`)
    case 'steps':
      return [
        `${line(block.title)} (${block.done} of ${block.total})`,
        ...block.steps.map(
          (step) =>
            `  ${marks[step.mark]} ${line(step.title)}${step.detail === '' ? '' : ` - ${line(step.detail)}`}`,
        ),
      ]
    case 'chart': {
      const { rows, rest } = textRowsOf(block.chart)
      return [
        ...rows.map(({ bar, figure, label, note }) =>
          line(`  ${bar} ${figure}  ${label}${note === '' ? '' : ` (${note})`}`),
        ),
        ...(rest === '' ? [] : [`  ${rest}`]),
      ]
    }
    case 'actions':
      return [block.actions.map((action) => `<${line(action.label)}>`).join(' ')]
  }
}

// All control characters but the line feed, and the marks that turn the direction of writing.
const controls = /[^\P{Cc}\n]|\p{Bidi_Control}/gu

const safe = (text: string): string => text.replace(controls, ' ')
const line = (text: string): string => safe(text).replaceAll('\n', ' ')
