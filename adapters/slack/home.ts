import type { Card } from '../../src/domain/card.ts'
import { mrkdwnText, type SlackBlock } from './block-kit.ts'
import { slackLimits } from './limits.ts'
import { renderMessage } from './render.ts'
import { mrkdwnSpans } from './spans.ts'

/** Kept free for the line that says how many cards are left out. */
const lastLine = 1

/** The view for `views.publish`: what waits for this person and what is open, whole cards as long as they fit. */
export const renderHome = (
  cards: readonly Card[],
  { consoleUrl }: { readonly consoleUrl: string | null },
): object => {
  const blocks: SlackBlock[] = []
  let shown = 0
  for (const card of cards) {
    const next = renderMessage(card, { consoleUrl, incidentId: null }).blocks
    const between: SlackBlock[] = shown === 0 ? [] : [{ type: 'divider' }]
    if (blocks.length + between.length + next.length > slackLimits.viewBlocks - lastLine) break
    blocks.push(...between, ...next)
    shown++
  }
  const left = cards.length - shown
  if (left > 0) blocks.push(small(`${left} more`, consoleUrl))
  if (cards.length === 0) blocks.push(small('Nothing waits for you, and nothing is open.', null))
  return { type: 'home', blocks }
}

const small = (text: string, url: string | null): SlackBlock => ({
  type: 'context',
  elements: [
    mrkdwnText(
      mrkdwnSpans(
        [url === null ? { kind: 'plain', text } : { kind: 'link', text, url }],
        slackLimits.contextText,
      ),
    ),
  ],
})
