import type { Card, Tone } from '../../src/domain/card.ts'
import { bolded, plainText, type RichElement, type SlackBlock } from './block-kit.ts'
import { cut, escaped, isBlank, label, oneLine } from './escape.ts'
import { slackLimits } from './limits.ts'
import { blocksOf, type Room } from './render-blocks.ts'

/**
 * A card as a Slack message. Calm on purpose: one coloured mark beside the title says how bad it is, everything else is
 * words. When it would not fit, body text gets shorter step by step; actions and warnings are never left out.
 */

export interface SlackMessage {
  /** One sentence for notifications and for those who can't see blocks. */
  readonly text: string
  readonly blocks: readonly SlackBlock[]
}

export interface RenderOptions {
  /** Without a trailing slash; null when nobody can reach the console. */
  readonly consoleUrl: string | null
  readonly incidentId: string | null
}

export const renderMessage = (card: Card, options: RenderOptions): SlackMessage => ({
  text: sentence(card),
  blocks: fittingBlocks(card, whereOf(options)),
})

/** The page that has everything: where `… more` leads. */
const whereOf = ({ consoleUrl, incidentId }: RenderOptions): string | null => {
  if (consoleUrl === null) return null
  return incidentId === null ? consoleUrl : `${consoleUrl}/incidents/${encodeURIComponent(incidentId)}`
}

/** The first holds the longest output of a run (1,200 characters); more would be a wall, however much Slack takes. */
const rooms: readonly Room[] = [
  { text: 1_400, toned: 1_400, fields: 40, field: 1_000, steps: 50, detail: 300, label: 75, merged: false },
  { text: 700, toned: 1_000, fields: 20, field: 300, steps: 30, detail: 120, label: 75, merged: false },
  { text: 300, toned: 500, fields: 10, field: 150, steps: 20, detail: 60, label: 40, merged: true },
  { text: 120, toned: 250, fields: 10, field: 60, steps: 10, detail: 0, label: 24, merged: true },
  { text: 0, toned: 100, fields: 4, field: 40, steps: 0, detail: 0, label: 16, merged: true },
  { text: 0, toned: 24, fields: 0, field: 0, steps: 0, detail: 0, label: 12, merged: true },
]

const fittingBlocks = (card: Card, where: string | null): SlackBlock[] => {
  let blocks: SlackBlock[] = []
  for (const room of rooms) {
    blocks = [...titleBlocks(card, room), ...blocksOf(card, room, where)]
    if (fits(blocks)) break
  }
  return blocks
}

const fits = (blocks: readonly SlackBlock[]): boolean =>
  blocks.length <= slackLimits.blocks && Buffer.byteLength(JSON.stringify(blocks)) <= slackLimits.blocksBytes

const marks = {
  neutral: '⚪',
  info: '🔵',
  good: '🟢',
  warning: '🟡',
  bad: '🔴',
} as const satisfies Record<Tone, string>

/** The incident heads its thread in large type; the cards below it say the same in one line. */
const titleBlocks = (card: Card, room: Room): SlackBlock[] => {
  const mark = marks[card.tone]
  const state = [oneLine(card.status), card.severity ?? ''].filter((part) => !isBlank(part)).join(' · ')
  const long = room.text === 0 ? 80 : slackLimits.headerText
  const title = label(card.title, long - 4)
  if (card.kind === 'incident')
    return [
      { type: 'header', text: plainText(`${mark} ${title}`) },
      ...(state === '' ? [] : [rich([bolded(cut(state, long))])]),
    ]
  return [
    rich([
      { type: 'text', text: `${mark} ` },
      bolded(title),
      ...(state === '' ? [] : [{ type: 'text' as const, text: `  ·  ${cut(state, long)}` }]),
    ]),
  ]
}

const rich = (elements: readonly RichElement[]): SlackBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
})

/** `checkout does not answer: Waiting for people (critical)` */
const sentence = ({ title, status, severity }: Card): string => {
  const state = isBlank(status) ? '' : `: ${cut(oneLine(status), 100)}`
  return escaped(`${label(title, 300)}${state}${severity === null ? '' : ` (${severity})`}`)
}
