import { bold, type Card, code } from '../../domain/card.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { text } from '../../message/words.ts'
import { readAccounts } from '../read/accounts.ts'
import type { ChatContext } from './options.ts'
import type { Who } from './who.ts'

export const whoamiCard = async (
  { app }: ChatContext,
  { caller }: Extract<Who, { kind: 'known' }>,
): Promise<Card> => {
  const { person } = caller
  const accounts = await readAccounts(app, caller)
  return chatCard({
    title: person.name,
    tone: 'info',
    lines: [
      text(bold('Here you are '), code(person.id), '.'),
      text(bold('Roles: '), person.roles.length === 0 ? 'none' : person.roles.join(', '), '.'),
      text(bold('Accounts: '), accounts.join(', '), '.'),
      text(code('/heal link'), ' ties another of your accounts to you.'),
    ],
  })
}
