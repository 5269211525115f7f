import { z } from 'zod'
import type { Card, Span } from '../src/domain/card.ts'
import { textRowsOf } from '../src/domain/chart/text-rows.ts'
import { lines, oneLine } from './text.ts'
import { relative, toSecond } from './when.ts'

/** A card in a terminal. The tree is Suture's own; what does not look like one is not shown. */

const CardLike = z.looseObject({
  title: z.string(),
  status: z.string(),
  blocks: z.array(z.looseObject({ kind: z.string() })),
})

export const cardLines = (value: unknown, now: Temporal.Instant): string[] => {
  if (!CardLike.safeParse(value).success) return ['(a card of a newer version: see the console)']
  const card = value as Card
  return [`${oneLine(card.title)}${stateOf(card)}`, ...card.blocks.flatMap((block) => blockLines(block, now))]
}

const stateOf = ({ status, severity }: Card): string => {
  const parts = [status, severity ?? ''].filter((part) => part !== '')
  return parts.length === 0 ? '' : ` (${oneLine(parts.join(', '))})`
}

const blockLines = (block: Card['blocks'][number], now: Temporal.Instant): string[] => {
  switch (block.kind) {
    case 'text':
      return indented(spans(block.text, now))
    case 'context':
      return indented(spans(block.text, now))
    case 'fields':
      return block.fields.flatMap(({ label, value }) => indented(`${oneLine(label)}: ${spans(value, now)}`))
    case 'steps':
      return [
        `  ${oneLine(block.title)} (${block.done} of ${block.total})`,
        ...block.steps.map(
          (step) =>
            `    ${step.mark.padEnd(9)} ${oneLine(step.title)}${step.detail === '' ? '' : `, ${oneLine(step.detail)}`}`,
        ),
      ]
    case 'chart': {
      const { rows, rest } = textRowsOf(block.chart)
      return [
        ...rows.map(({ bar, figure, label, note }) =>
          oneLine(`    ${bar} ${figure}  ${label}${note === '' ? '' : ` (${note})`}`),
        ),
        ...(rest === '' ? [] : [`    ${rest}`]),
      ]
    }
    case 'actions':
      return []
  }
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`)

const spans = (text: readonly Span[], now: Temporal.Instant): string =>
  text.map((span) => spanText(span, now)).join('')

const spanText = (span: Span, now: Temporal.Instant): string => {
  switch (span.kind) {
    case 'plain':
    case 'bold':
    case 'code':
      return lines(span.text)
    case 'link':
      return `${oneLine(span.text)} <${oneLine(span.url)}>`
    case 'mention':
      return oneLine(span.name)
    case 'time':
      return span.precision === 'second' ? toSecond(span.at, now) : relative(span.at, now)
  }
}
