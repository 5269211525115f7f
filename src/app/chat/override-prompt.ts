import { hasRole } from '../../domain/person.ts'
import { overridePrompt } from '../../message/proposal-state.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal } from '../../storage/run.repository.ts'
import type { ChatPrompt, ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { identify } from './who.ts'

/** The reason that an override asks for. Null where it would be refused anyway, so that nobody writes it in vain. */
export const overridePromptOf = async (
  context: ChatContext,
  user: ChatUser,
  proposalId: string,
): Promise<ChatPrompt | null> => {
  const who = await identify(context, user)
  if (who.kind !== 'known') return null
  const { person, tenantId } = who.caller
  if (!hasRole(person, 'responder') && !hasRole(person, 'approver')) return null
  return inTenant(
    context.app.store,
    tenantId,
    async (tx) => {
      const proposal = await findProposal(tx, proposalId)
      if (proposal === undefined || proposal.withdrawn_at !== null) return null
      const { playbookTitle, service } = proposal.body
      return {
        ...overridePrompt(proposal.body),
        about: `${playbookTitle} on ${service} (${proposalId}) is refused now. Somebody else with the role override may let it pass, for one run. The reason is shown in the thread and kept.`,
      }
    },
    { readOnly: true },
  )
}
