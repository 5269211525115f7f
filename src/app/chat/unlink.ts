import { type Card, code } from '../../domain/card.ts'
import { isRejection } from '../../domain/rejection.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import { unlinkAccount as unlink } from '../identity/unlink-account.ts'
import type { ChatContext } from './options.ts'
import type { Who } from './who.ts'

export const unlinkAccount = async (
  { app }: ChatContext,
  { caller, account }: Extract<Who, { kind: 'known' }>,
): Promise<Card> => {
  const done = await unlink(app, caller, account)
  return isRejection(done)
    ? refusalCard(done)
    : chatCard({
        title: 'Taken off',
        status: 'Done',
        tone: 'good',
        lines: [
          text(`This account is no longer ${caller.person.name}'s, and may not do anything here.`),
          text('To link it again, type ', code('/heal link'), ' with another account of yours.'),
        ],
      })
}
