import type { ChatPort } from '../../src/app/ports.ts'

/**
 * Suture's own chat. It reads its messages from the card rows, so a card is delivered once it stands there; open pages
 * hear of it by the feed of changes. There is no message id of another system, so the card's own is used.
 */
export const createConsoleChat = (): ChatPort => ({
  name: 'console',
  gapMs: 0,
  deliver: async (post) => ({ done: true, messageId: post.messageId ?? post.cardId }),
})
