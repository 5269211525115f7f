import type { Block, Card, CardAction } from '../../src/domain/card.ts'
import { clean, cleanLine, cut } from './escape.ts'
import { mostActions, mostButtonsInRow, mostCustomId, mostLabel, mostUrl } from './limits.ts'

/** Rows of buttons. A button carries its token and nothing else. */

export interface ActionRow {
  readonly type: 1
  readonly components: readonly object[]
}

/** Discord's styles: 1 primary, 2 secondary, 4 danger, 5 link. */
const styles = { primary: 1, danger: 4, plain: 2 } as const satisfies Record<CardAction['style'], number>

export const rowsOf = (card: Card): readonly ActionRow[] => {
  const buttons = uniqueActions(card.blocks).map((action) => ({
    type: 2,
    style: styles[action.style],
    label: labelOf(action),
    custom_id: `act:${action.token}`,
  }))
  return Array.from({ length: Math.ceil(buttons.length / mostButtonsInRow) }, (_, row) => ({
    type: 1,
    components: buttons.slice(row * mostButtonsInRow, (row + 1) * mostButtonsInRow),
  }))
}

/** One row with one button that opens a page; null when Discord would refuse the whole message for its address. */
export const linkRow = (label: string, url: string): ActionRow | null => {
  if (url.length > mostUrl || !URL.canParse(url)) return null
  const { protocol, hostname } = new URL(url)
  // A name without a dot, such as localhost, is no well-formed address to Discord.
  if (!/^https?:$/.test(protocol) || !hostname.includes('.')) return null
  return { type: 1, components: [{ type: 2, style: 5, label, url }] }
}

const uniqueActions = (blocks: readonly Block[]): readonly CardAction[] => {
  const actions = blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
  const first = new Map(actions.toReversed().map((action) => [action.token, action]))
  return actions
    .filter((action) => first.get(action.token) === action && `act:${action.token}`.length <= mostCustomId)
    .slice(0, mostActions)
}

/** No markdown is read in a label. Three dots say that something will be asked first. */
const labelOf = ({ label, prompt }: CardAction): string => {
  const dots = prompt === undefined ? '' : '…'
  return `${cut(cleanLine(clean(label)), mostLabel - dots.length)}${dots}` || '…'
}
