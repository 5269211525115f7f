import { hasRole, mayVote } from '../../domain/person.ts'
import type { Resolution } from '../../domain/resolution.ts'
import { resolutionPrompt } from '../../message/run-resolution.ts'
import { inTenant } from '../../storage/database.ts'
import { findProposal, findRun } from '../../storage/run.repository.ts'
import type { ChatPrompt, ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { identify } from './who.ts'

/** The note that saying what a run did asks for. Null where it would be refused anyway, so that nobody writes it in vain. */
export const resolutionPromptOf = async (
  context: ChatContext,
  user: ChatUser,
  runId: string,
  resolution: Resolution,
): Promise<ChatPrompt | null> => {
  const who = await identify(context, user)
  if (who.kind !== 'known' || !hasRole(who.caller.person, 'approver') || !mayVote(who.caller.person))
    return null
  return inTenant(
    context.app.store,
    who.caller.tenantId,
    async (tx) => {
      const run = await findRun(tx, runId)
      if (run === undefined || run.status !== 'unknown' || run.resolution !== null) return null
      const proposal = await findProposal(tx, run.proposal_id)
      if (proposal === undefined) return null
      const { playbookTitle, service } = proposal.body
      return {
        ...resolutionPrompt(resolution, playbookTitle),
        about: `${playbookTitle} on ${service} (${runId}) ended without anybody knowing how far it got. ${consequences[resolution]} The note is shown in the thread and kept.`,
      }
    },
    { readOnly: true },
  )
}

const consequences = {
  happened: 'You say that it happened: its targets are free again, and nothing is undone.',
  did_not_happen: 'You say that it did not happen: its targets are free again.',
  undo: 'What it did or may have done is undone by a run of its own, as it was approved.',
} as const satisfies Record<Resolution, string>
