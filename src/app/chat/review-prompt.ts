import { isOver, refuseReview } from '../../domain/policy/break-glass.ts'
import { allows } from '../../domain/rights/allows.ts'
import { buttonRights } from '../../domain/rights/buttons.ts'
import { reviewPrompt } from '../../message/governance-actions.ts'
import { findGlass } from '../../storage/break-glass.repository.ts'
import { inTenant } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { ChatPrompt, ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { identify } from './who.ts'

/** The note of a review. Null where it would be refused anyway, so that nobody writes it in vain. */
export const reviewPromptOf = async (
  context: ChatContext,
  user: ChatUser,
  id: string,
): Promise<ChatPrompt | null> => {
  const who = await identify(context, user)
  if (who.kind !== 'known' || !allows(buttonRights.review, who.caller)) return null
  const { person, tenantId } = who.caller
  return inTenant(
    context.app.store,
    tenantId,
    async (tx) => {
      const glass = await findGlass(tx, id)
      if (glass === undefined) return null
      const { opened_by: by, service, reason, reviewed_by: reviewedBy } = glass
      const over = isOver({ until: glass.until, endedAt: glass.ended_at }, tx.now)
      if (refuseReview({ id, by, over, reviewedBy }, person, 'something') !== null) return null
      const opener = (await namesOf(tx, [by]))(by).name
      return {
        ...reviewPrompt(id),
        about: `${opener} broke the glass for ${service ?? 'all services'}: ${reason}. With your review the modes hold again as they are set. The note is shown in the threads and kept.`,
      }
    },
    { readOnly: true },
  )
}
