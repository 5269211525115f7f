import { decideApproval } from '../../domain/approval.ts'
import { groupsOf } from '../../domain/quorum.ts'
import { isRejection } from '../../domain/rejection.ts'
import { isResolution } from '../../domain/resolution.ts'
import { rejectPrompt } from '../../message/proposal-state.ts'
import { inTenant } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { votesOfRequest } from '../../storage/run.repository.ts'
import { countedVotes } from '../approval/counted-votes.ts'
import { asDomain } from '../approval/lock-request.ts'
import { formPromptOf } from '../form/form-prompt.ts'
import { votersOf } from '../identity/standing-now.ts'
import type { ChatPrompt, ChatUser } from '../ports.ts'
import { buttonOf } from './button-of.ts'
import { editPromptOf } from './edit-prompt.ts'
import type { ChatContext } from './options.ts'
import { overridePromptOf } from './override-prompt.ts'
import { resolutionPromptOf } from './resolution-prompt.ts'
import { reviewPromptOf } from './review-prompt.ts'
import { identify } from './who.ts'

/**
 * What a button asks for before it is pressed. Null as well where pressing it will be refused anyway: nobody should write a
 * reason for what was decided meanwhile, or is not theirs to decide.
 */
export const promptOf = async (
  context: ChatContext,
  user: ChatUser,
  token: string,
): Promise<ChatPrompt | null> => {
  // Most buttons ask for nothing, whoever presses.
  const button = await buttonOf(context, user, token)
  if (button === null) return null
  if ('form' in button) {
    const asks = await identify(context, user)
    return asks.kind === 'known' ? formPromptOf(context.app, asks.caller, button.form) : null
  }
  if (isResolution(button.command)) return resolutionPromptOf(context, user, button.subject, button.command)
  if (button.command === 'request_override') return overridePromptOf(context, user, button.subject)
  if (button.command === 'review') return reviewPromptOf(context, user, button.subject)
  if (button.command === 'edit') return editPromptOf(context, user, button.subject)
  if (button.command !== 'reject') return null
  const who = await identify(context, user)
  if (who.kind !== 'known') return null
  return inTenant(
    context.app.store,
    who.caller.tenantId,
    async (tx) => {
      const row = await tx.db
        .selectFrom('approval_request as request')
        .innerJoin('proposal', (join) =>
          join
            .onRef('proposal.tenant_id', '=', 'request.tenant_id')
            .onRef('proposal.id', '=', 'request.proposal_id'),
        )
        .selectAll('request')
        .select('proposal.body')
        .where('request.tenant_id', '=', tx.tenantId)
        .where('request.id', '=', button.subject)
        .executeTakeFirst()
      if (row === undefined) return null
      const [rows, voters, configuration] = await Promise.all([
        votesOfRequest(tx, row.id),
        votersOf(context.app, tx, [row.id]),
        context.app.configuration.of(tx.tenantId),
      ])
      const { person } = who.caller
      const facts = {
        now: tx.now,
        votes: countedVotes(rows, voters, configuration),
        groups: groupsOf(configuration.policy.document.groups, person.id),
      }
      if (isRejection(decideApproval(asDomain(row), person, 'reject', facts))) return null
      const requester = (await namesOf(tx, [row.requester_id]))(row.requester_id).name
      return {
        ...rejectPrompt(row.body),
        about: `${row.body.playbookTitle} on ${row.body.service}, requested by ${requester} (${button.subject}). The reason is shown in the thread and kept.`,
      }
    },
    { readOnly: true },
  )
}
