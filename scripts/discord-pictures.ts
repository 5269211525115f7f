import { renderMessage } from '../adapters/discord/render.ts'
import { drawPictures, samplePlace } from './chat-pictures.ts'
import { discordPage } from './discord-page.ts'

/** Draws docs/pictures/discord-*.png: `node scripts/discord-pictures.ts`. Needs Chromium. */
await drawPictures('discord', (cards) =>
  discordPage(
    cards.map((card) => ({
      at: 'Today at 3:09 AM',
      components: renderMessage(card, samplePlace).components,
    })),
  ),
)
