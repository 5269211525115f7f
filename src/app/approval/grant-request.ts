import type { PolicyReasonCode } from '../../domain/rejection.ts'
import { alertFacesOf } from '../../storage/alert.repository.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { moveIncident } from '../../storage/incident.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { type ApprovalRequestRow, moveRun, type VoteRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { drawIncidents } from '../show/incident.ts'
import { postCardsAlong } from '../show/post-cards.ts'
import { drawProposal } from '../show/proposal.ts'
import { peopleOfVote } from '../show/request-state.ts'
import { drawRun } from '../show/run.ts'
import { issuePermit } from './issue-permit.ts'
import type { Found } from './lock-request.ts'

/** The quorum is reached: the permit and the place in the queue, in the same commit as the vote that made it. */
export const grantRequest = async (
  app: App,
  tx: Tx,
  out: Outbound,
  given: Found & {
    readonly casting: Promise<[VoteRow, ApprovalRequestRow]>
    readonly policyVersion: string
    /** What a broken glass lets past, and which one it is; null where none is open. */
    readonly passed: { readonly layers: readonly PolicyReasonCode[]; readonly glass: string | null }
    readonly approverIds: string[]
    /** For whom the last of them voted, who is away. */
    readonly steadId: string | null
  },
): Promise<void> => {
  const { run, proposal, incident, approverIds, policyVersion } = given
  out.audit(
    {
      event: 'approval_granted',
      actor: 'person_suture',
      subject: given.request.id,
      details: { run: run.id, approvers: approverIds },
    },
    incident.id,
  )
  if (given.request.overrides.length > 0)
    out.audit(
      {
        event: 'override_granted',
        actor: 'person_suture',
        subject: given.request.id,
        details: {
          run: run.id,
          layers: [...given.request.overrides],
          reason: given.request.override_reason,
          requester: run.requester_id,
          approvers: approverIds,
        },
      },
      incident.id,
    )
  if (given.passed.glass !== null)
    out.audit(
      {
        event: 'break_glass_used',
        actor: 'person_suture',
        subject: run.id,
        details: {
          break_glass: given.passed.glass,
          layers: [...given.passed.layers],
          requester: run.requester_id,
          approvers: approverIds,
        },
      },
      incident.id,
    )
  // What the cards need besides is asked for in the same round trip.
  const [[vote, request], queued, healing, , cancel, revoke, nameOf, faces] = await Promise.all([
    given.casting,
    moveRun(tx, run, 'queued', { queued_at: tx.now }),
    moveIncident(tx, incident, 'healing'),
    issuePermit(app, tx, out, {
      run,
      proposal,
      approverIds,
      policyVersion,
      overrides: [...new Set([...given.request.overrides, ...given.passed.layers])],
    }),
    tokenFor(tx, app.ids.token, 'cancel', run.id),
    tokenFor(tx, app.ids.token, 'revoke', given.request.id),
    namesOf(tx, [
      run.requester_id,
      ...given.votes.flatMap(peopleOfVote),
      ...approverIds,
      ...(given.steadId === null ? [] : [given.steadId]),
    ]),
    alertFacesOf(tx, [incident.id]),
  ])
  const votes = [...given.votes, vote]
  const cards = await Promise.all([
    // The run's card has the button to cancel it, also while no worker is free.
    drawRun(app, tx, out, run.id, { run: queued, proposal, steps: [], cancel, revoke }),
    drawIncidents(app, tx, out, [healing], faces),
    drawProposal(app, tx, out, proposal.id, {
      proposal,
      incident: healing,
      run: queued,
      request,
      votes,
      nameOf,
    }),
  ])
  await postCardsAlong(app, tx, out, cards.flat())
}
