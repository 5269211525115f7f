import {
  type Block,
  type Card,
  type CardAction,
  type CardStep,
  isPlan,
  type StepMark,
  type Text,
} from '../../src/domain/card.ts'
import { textRowsOf } from '../../src/domain/chart/text-rows.ts'
import {
  type Button,
  bolded,
  mrkdwnText,
  plainText,
  type RichElement,
  type RichGroup,
  type SlackBlock,
} from './block-kit.ts'
import { cut, isBlank, label, oneLine } from './escape.ts'
import { slackLimits } from './limits.ts'
import { boldMrkdwn, more, mrkdwnSpans, richGroups } from './spans.ts'

/** How much of a card is shown. */
export interface Room {
  /** Units of a text without a warning in it; 0 leaves it out. */
  readonly text: number
  /** Units of a text that warns. */
  readonly toned: number
  readonly fields: number
  readonly field: number
  readonly steps: number
  readonly detail: number
  readonly label: number
  /** True: blocks of one kind are put together, so that they are few. */
  readonly merged: boolean
}

export const blocksOf = (card: Card, room: Room, where: string | null): SlackBlock[] => {
  const state = stateLine(card)
  // Put together, one link at the end is enough.
  const inText = room.merged ? null : where
  const shown = card.blocks.flatMap((block) => blockOf(block, card, room, inText, block === state))
  return room.merged ? merged(shown, where) : shown
}

/**
 * The line that says in a sentence what the mark beside the title says in colour: a mere "waiting" needs no second sign.
 * What is bad keeps it.
 */
const stateLine = ({ blocks, tone }: Card): Block | undefined =>
  tone === 'warning' ? blocks.findLast((block) => block.kind === 'text' && block.tone === tone) : undefined

const blockOf = (
  block: Block,
  card: Card,
  room: Room,
  where: string | null,
  isState: boolean,
): SlackBlock[] => {
  switch (block.kind) {
    case 'text': {
      const warns = block.tone === 'warning' || block.tone === 'bad'
      // The bar at the side is what the eye finds first: it is kept for what warns.
      if (warns)
        return rich(
          richGroups(block.text, room.toned, isState ? 'rich_text_section' : 'rich_text_quote', where),
        )
      return room.text === 0 ? [] : rich(richGroups(block.text, room.text, 'rich_text_section', where))
    }
    case 'fields':
      return fieldBlocks(block.fields.slice(0, room.fields), room.field)
    case 'steps':
      return rich(stepGroups(block, isPlan(card.kind, block.steps), room))
    case 'context': {
      const text = mrkdwnSpans(block.text, Math.max(60, Math.min(room.text, 1_000)))
      return isBlank(text) ? [] : [{ type: 'context', elements: [mrkdwnText(text)] }]
    }
    case 'chart':
      return rich(chartGroups(block, room))
    case 'actions':
      return chunks(
        block.actions.map((action) => buttonOf(action, block.actions, card.title, room.label)),
        slackLimits.actions,
      ).map((elements) => ({ type: 'actions', elements }))
  }
}

const rich = (elements: readonly RichGroup[]): SlackBlock[] =>
  elements.length === 0 ? [] : [{ type: 'rich_text', elements }]

/** A value longer than this reads better over the whole width than in half of it. */
const columnWidth = 140

const fieldBlocks = (
  fields: readonly { readonly label: string; readonly value: Text }[],
  most: number,
): SlackBlock[] => {
  const texts = fields.map((field) => {
    const value = mrkdwnSpans(field.value, most)
    return `${boldMrkdwn(cut(field.label, 100), 200)}\n${isBlank(value) ? '–' : value}`
  })
  const blocks: SlackBlock[] = []
  let row: string[] = []
  const close = (): void => {
    for (const each of chunks(row, slackLimits.fields))
      blocks.push({ type: 'section', fields: each.map(mrkdwnText) })
    row = []
  }
  for (const text of texts) {
    if (text.length <= columnWidth || isShortOnScreen(text)) row.push(text)
    else {
      close()
      blocks.push({ type: 'section', text: mrkdwnText(text) })
    }
  }
  close()
  return blocks
}

/** Addresses and times take more room in the message than on the screen. */
const isShortOnScreen = (text: string): boolean => text.replace(/<[^>|]*\|/g, '').length <= columnWidth

const marks = {
  waiting: '○',
  running: '▸',
  succeeded: '✓',
  failed: '✗',
  skipped: '–',
  unknown: '?',
  undone: '↺',
} as const satisfies Record<StepMark, string>

/** Cells of a progress bar, unless there are fewer steps. */
const mostCells = 10

const stepGroups = (
  { title, steps, done, total }: Extract<Block, { kind: 'steps' }>,
  planned: boolean,
  room: Room,
): RichGroup[] => {
  if (room.steps === 0) return []
  const shown = steps.slice(0, room.steps)
  const left = steps.length - shown.length
  const head: RichElement[] = [bolded(label(title, 100))]
  if (!planned && isUnderWay(steps))
    head.push({ type: 'text', text: `   ${bar(done, total)}  ${done} of ${total}` })
  const titles = shown.map((step) => ({ ...step, title: label(step.title, 200) }))
  const details = shown.map((step) => cut(oneLine(step.detail), room.detail))
  const rest: RichElement[] = left > 0 ? [{ type: 'text', text: `\n… and ${left} more` }] : []
  if (planned)
    return [
      { type: 'rich_text_section', elements: head },
      ...(titles.length === 0
        ? []
        : [
            {
              type: 'rich_text_list' as const,
              style: 'ordered' as const,
              elements: titles.map((step, index) => ({
                type: 'rich_text_section' as const,
                elements: [{ type: 'text' as const, text: `${step.title}${after(details[index])}` }],
              })),
            },
          ]),
      ...(rest.length === 0 ? [] : [{ type: 'rich_text_section' as const, elements: rest }]),
    ]
  const lines = titles.flatMap((step, index): RichElement[] => {
    const text = `\n${marks[step.mark]}  `
    const detail = after(details[index])
    return isUrgent(step.mark)
      ? [{ type: 'text', text }, bolded(step.title), ...(detail === '' ? [] : [plain(detail)])]
      : [plain(`${text}${step.title}${detail}`)]
  })
  return [{ type: 'rich_text_section', elements: [...head, ...lines, ...rest] }]
}

/** A bar tells how far it is. Once it has ended otherwise than well, a full bar would tell a lie; the marks tell enough. */
const isUnderWay = (steps: readonly CardStep[]): boolean =>
  steps.some(({ mark }) => mark === 'waiting' || mark === 'running') ||
  steps.every(({ mark }) => mark === 'succeeded')

/** Where no picture stands beside the card: a bar and a figure a row. */
const chartGroups = ({ chart }: Extract<Block, { kind: 'chart' }>, room: Room): RichGroup[] => {
  if (room.steps === 0) return []
  const { rows, rest } = textRowsOf(chart)
  const shown = rows.slice(0, room.steps)
  const left = shown.length < rows.length ? `… and ${rows.length + chart.more - shown.length} more` : rest
  const lines = shown.flatMap(({ bar: cells, figure, label: name, note }, index): RichElement[] => [
    plain(`${index === 0 ? '' : '\n'}${cells}  `),
    bolded(label(figure, 40)),
    plain(`  ${label(name, 100)}${after(cut(oneLine(note), room.detail))}`),
  ])
  const elements = [...lines, ...(left === '' ? [] : [plain(`${lines.length === 0 ? '' : '\n'}${left}`)])]
  return elements.length === 0 ? [] : [{ type: 'rich_text_section', elements }]
}

const plain = (text: string): RichElement => ({ type: 'text', text })
const after = (detail: string | undefined): string =>
  detail === undefined || isBlank(detail) ? '' : `  ·  ${detail}`

/** Where somebody must look now. */
const isUrgent = (mark: StepMark): boolean => mark === 'running' || mark === 'failed' || mark === 'unknown'

/** `▰▰▰▱▱` */
export const bar = (done: number, total: number): string => {
  const cells = Math.min(Math.max(total, 1), mostCells)
  const full = total > 0 ? Math.floor((Math.min(Math.max(done, 0), total) / total) * cells) : 0
  return '▰'.repeat(full) + '▱'.repeat(cells - full)
}

/** Red is for the other side of a choice. Alone on a calm card it would only draw the thumb. */
const styleOf = ({ style }: CardAction, beside: readonly CardAction[]): Pick<Button, 'style'> => {
  if (style === 'plain') return {}
  return style === 'danger' && !beside.some((other) => other.style === 'primary') ? {} : { style }
}

const buttonOf = (action: CardAction, beside: readonly CardAction[], title: string, most: number): Button => {
  const asks = action.prompt !== undefined
  const text = label(action.label, most - (asks ? 1 : 0))
  return {
    type: 'button',
    action_id: `act:${action.token}`,
    text: plainText(asks ? `${text}…` : text),
    ...styleOf(action, beside),
    // A prompt asks already. Without one, nothing dangerous happens by a thumb that slipped.
    ...(action.style === 'danger' && !asks ? { confirm: confirmation(text, title, most) } : {}),
  }
}

const confirmation = (text: string, title: string, most: number): NonNullable<Button['confirm']> => ({
  title: plainText(`${cut(text, slackLimits.confirmTitle - 1)}?`),
  text: plainText(label(title, Math.min(slackLimits.confirmText, most * 4))),
  confirm: plainText(cut(text, slackLimits.confirmButton)),
  deny: plainText('Go back'),
  style: 'danger',
})

/** More facts than this are left to the incident's page when there is too much to show. */
const mostSections = 8

/** Few blocks: the words in their order, then the facts, the buttons, and where the rest is. */
const merged = (blocks: readonly SlackBlock[], where: string | null): SlackBlock[] => {
  const groups = blocks.flatMap((block) => (block.type === 'rich_text' ? [...block.elements] : []))
  const context = blocks.flatMap((block) => (block.type === 'context' ? [...block.elements] : []))
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? [...block.elements] : []))
  const rest = mrkdwnSpans(
    [where === null ? { kind: 'plain', text: more } : { kind: 'link', text: more, url: where }],
    slackLimits.contextText,
  )
  return [
    ...rich(groups),
    ...blocks.filter((block) => block.type === 'section').slice(0, mostSections),
    ...chunks(buttons, slackLimits.actions).map((elements): SlackBlock => ({ type: 'actions', elements })),
    { type: 'context', elements: [...context.slice(0, mostContexts), mrkdwnText(rest)] },
  ]
}

const mostContexts = 3

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
