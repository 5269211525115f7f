import { renderMessage } from '../adapters/slack/render.ts'
import { blockKitPage } from './block-kit-page.ts'
import { drawPictures, samplePlace } from './chat-pictures.ts'

/** Draws docs/pictures/slack-*.png: `node scripts/slack-pictures.ts`. Needs Chromium. */
await drawPictures('slack', (cards) =>
  blockKitPage(cards.map((card) => ({ at: '3:09 AM', blocks: renderMessage(card, samplePlace).blocks }))),
)
