import { bold, type Card, code } from '../../domain/card.ts'
import { isRejection } from '../../domain/rejection.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import { makeLinkCode } from '../identity/link-code.ts'
import { redeemLinkCode } from '../identity/redeem-code.ts'
import type { ChatUser } from '../ports.ts'
import { notKnownCard, turnAway } from './not-known.ts'
import type { ChatContext } from './options.ts'
import { rolesOfGroups, type Who } from './who.ts'

/** `/heal link` makes the proof of one side, `/heal link CODE` on the other side is the proof of that one. */
export const linkAccount = async (
  context: ChatContext,
  user: ChatUser,
  who: Who,
  typed: string | null,
): Promise<Card> => {
  if (who.kind === 'disabled' || who.kind === 'unknown_workspace') return turnAway(context, who, 'link')
  if (typed !== null) {
    const linked = await redeemLinkCode(
      context.app,
      {
        tenantId: who.account.tenantId,
        via: who.account.provider,
        externalId: who.account.externalId,
        personId: who.kind === 'known' ? who.caller.person.id : who.personId,
        roles: rolesOfGroups(context, user) ?? [],
        rolesAgeMs: user.groupsAgeMs ?? 0,
      },
      typed,
    )
    if (isRejection(linked)) return refusalCard(linked)
    return chatCard({
      title: 'Linked',
      status: 'Done',
      tone: 'good',
      lines: [
        text('You are ', bold(linked.person.name), ' here and there: ', linked.accounts.join(', '), '.'),
        text('What you do through any of them counts as done by one person.'),
      ],
    })
  }
  if (who.kind !== 'known') return notKnownCard(who)
  const made = await makeLinkCode(context.app, who.caller, who.account.externalId)
  if (isRejection(made)) return refusalCard(made)
  return chatCard({
    title: 'Link another account',
    tone: 'info',
    lines: [
      text('Your code is ', code(made.code), '. With your other account, within ten minutes, type:'),
      text(code(`/heal link ${made.code}`)),
      text('Tell it nobody: whoever types it acts as you.'),
    ],
  })
}
