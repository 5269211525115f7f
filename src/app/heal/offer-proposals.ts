import { sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { PolicyFacts } from '../../domain/policy/facts.ts'
import { strictest, type Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { abortRequest, endsAtOnce } from '../approval/abort-request.ts'
import { openRun } from '../approval/request-run.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { policyFacts, sutureAsks } from '../policy-facts.ts'
import { storeProposal } from '../proposal/store-proposal.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { escalate } from './escalate.ts'

interface Offer {
  readonly row: ProposalRow
  readonly verdict: Verdict
  readonly facts: PolicyFacts
}

/** Stores the best proposals with their verdicts. The first one is requested by Suture itself where the mode lets it. */
export const offerProposals = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  configuration: Configuration,
  proposals: readonly Proposal[],
): Promise<void> => {
  const offers: Offer[] = []
  let policyVersion = ''
  for (const [rank, proposal] of worthOffering(proposals, app.limits.proposalsShown).entries()) {
    const asked = await policyFacts(app, tx, 'propose', incident, proposal, sutureAsks)
    policyVersion = asked.policyVersion
    const verdict = evaluatePolicy(asked.facts)
    if (verdict.outcome === 'deny') {
      const [reason] = verdict.reasons
      if (reason !== undefined)
        refused(
          out,
          {
            actor: sutureItself,
            subject: incident.id,
            incidentId: incident.id,
            command: `propose ${proposal.playbook}`,
          },
          reason,
        )
      if (rank === 0) {
        if (reason !== undefined && staysOffered(reason)) {
          const row = await storeProposal(app, tx, out, {
            incident,
            configuration,
            proposal,
            verdict,
            rank,
            madeBy: sutureItself,
          })
          if (endsAtOnce(reason) && !verdict.needsRequester)
            await abortRequest(app, tx, out, { proposal: row, requesterId: sutureItself, reason })
          else await showProposal(app, tx, out, row.id)
        }
        await escalate(
          app,
          tx,
          out,
          incident,
          reason === undefined ? 'Policy refuses every proposal.' : `${reason.detail} ${reason.remedy}`,
          reason?.earliest === undefined ? null : Temporal.Instant.from(reason.earliest),
        )
        return
      }
      continue
    }
    offers.push({
      row: await storeProposal(app, tx, out, {
        incident,
        configuration,
        proposal,
        verdict,
        rank,
        madeBy: sutureItself,
      }),
      verdict,
      facts: asked.facts,
    })
  }
  const [first] = offers
  if (first === undefined) return
  const proposed = await moveIncident(tx, incident, 'proposed')
  // The best comes last: the newest message of a thread is what a person sees first.
  for (const { row } of offers.toReversed()) await showProposal(app, tx, out, row.id)
  if (!first.verdict.needsRequester) {
    const requested = await openRun(app, tx, out, {
      facts: first.facts,
      incident: proposed,
      proposal: first.row,
      verdict: first.verdict,
      policyVersion,
      requester: { id: sutureItself },
    })
    if (!isRejection(requested)) return
    await sayNotRequested(tx, first, requested)
    await showProposal(app, tx, out, first.row.id)
  }
  await showIncidents(app, tx, out, [proposed])
}

/** Somebody asked for the same a moment before, in another thread: what is offered says so, and a person may ask later. */
const sayNotRequested = async (tx: Tx, { row, verdict }: Offer, reason: Rejection): Promise<void> => {
  const told: Verdict = {
    ...verdict,
    outcome: strictest(verdict.outcome, 'require_approval'),
    needsRequester: true,
    reasons: [reason, ...verdict.reasons],
  }
  await tx.db
    .updateTable('proposal')
    .set({ verdict: JSON.stringify(told) })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', row.id)
    .execute()
}

/** What is only refused for now is shown all the same: a person can ask for it later, or for an override. */
const staysOffered = (reason: Rejection): boolean => reason.overridable === true || endsAtOnce(reason)

/** An alternative is worth a tired person's time only when it is nearly as promising as the best. */
const leastShareOfBest = 0.4

const promise = (proposal: Proposal): number => proposal.likelihood * proposal.odds.score

const worthOffering = (proposals: readonly Proposal[], most: number): Proposal[] => {
  const [best] = proposals
  return best === undefined
    ? []
    : proposals
        .filter((each) => each === best || promise(each) >= leastShareOfBest * promise(best))
        .slice(0, most)
}
