import { actionCatalogue } from '../../domain/actions/index.ts'
import { fieldsOf } from '../../domain/form.ts'
import { parametersOf } from '../../domain/narrow-parameter.ts'
import { expectation } from '../../domain/parameters.ts'
import { hasRole } from '../../domain/person.ts'
import { editPrompt } from '../../message/proposal-state.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal } from '../../storage/run.repository.ts'
import type { ChatPrompt, ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { identify } from './who.ts'

/** One input a parameter. Null where the edit would be refused anyway, so that nobody fills it in in vain. */
export const editPromptOf = async (
  context: ChatContext,
  user: ChatUser,
  proposalId: string,
): Promise<ChatPrompt | null> => {
  const who = await identify(context, user)
  if (who.kind !== 'known') return null
  const { person, tenantId } = who.caller
  if (!hasRole(person, 'responder') && !hasRole(person, 'approver')) return null
  const [proposal, { playbooks }] = await Promise.all([
    inTenant(context.app.store, tenantId, (tx) => findProposal(tx, proposalId), { readOnly: true }),
    context.app.configuration.of(tenantId),
  ])
  const loaded = playbooks.find(({ digest }) => digest === proposal?.playbook_digest)
  if (proposal === undefined || proposal.withdrawn_at !== null || loaded === undefined) return null
  const { playbookTitle, service, parameters } = proposal.body
  const specs = parametersOf(loaded.playbook, actionCatalogue)
  return {
    ...editPrompt(proposal.body, fieldsOf(specs, parameters, expectation)),
    about: `${playbookTitle} on ${service} (${proposalId}). A new proposal takes its place, votes start anew, and you are its requester: somebody else approves it.`,
  }
}
