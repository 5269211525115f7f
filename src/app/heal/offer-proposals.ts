import { sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { PolicyFacts } from '../../domain/policy/facts.ts'
import { denialOf, strictest, type Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { countScheduled, proposed } from '../../storage/focus.repository.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { abortRequest, endsAtOnce } from '../approval/abort-request.ts'
import { openRun } from '../approval/request-run.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { policyFacts, sutureAsks } from '../policy-facts.ts'
import { alternativeInWords, isMilder } from '../proposal/alternative.ts'
import { storeProposal } from '../proposal/store-proposal.ts'
import { waysOut } from '../show/governance-buttons.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { escalate } from './escalate.ts'

interface Offer {
  readonly row: ProposalRow
  readonly verdict: Verdict
  readonly facts: PolicyFacts
}

/**
 * Stores the best proposals with their verdicts. The first one is requested by Suture itself where the mode lets it. Where
 * policy refuses the best, a person takes over, and is offered what does less harm and is permitted.
 */
export const offerProposals = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  configuration: Configuration,
  proposals: readonly Proposal[],
): Promise<void> => {
  const offers: Offer[] = []
  let best: Denied | null = null
  let policyVersion = ''
  for (const [rank, proposal] of worthOffering(proposals, app.limits.proposalsShown).entries()) {
    const asked = await policyFacts(app, tx, 'propose', incident, proposal, sutureAsks)
    policyVersion = asked.policyVersion
    const verdict = evaluatePolicy(asked.facts)
    const reason = denialOf(verdict)
    if (rank === 0) out.last(countScheduled(tx, reason?.code ?? proposed))
    // What people are told of, and nothing else, is written down as refused.
    if (reason !== null && best === null)
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
    if (reason !== null && rank === 0) best = { proposal, verdict, reason }
    if (reason !== null || (best !== null && !isMilder(proposal, best.proposal))) continue
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
  if (best !== null) return handOver(app, tx, out, incident, configuration, best, offers)
  const [first] = offers
  if (first === undefined) return
  const moved = await moveIncident(tx, incident, 'proposed')
  // The best comes last: the newest message of a thread is what a person sees first.
  for (const { row } of offers.toReversed()) await showProposal(app, tx, out, row.id)
  if (!first.verdict.needsRequester) {
    const requested = await openRun(app, tx, out, {
      facts: first.facts,
      incident: moved,
      proposal: first.row,
      verdict: first.verdict,
      policyVersion,
      requester: { id: sutureItself },
    })
    if (!isRejection(requested)) return
    await sayNotRequested(tx, first, requested)
    await showProposal(app, tx, out, first.row.id)
  }
  await showIncidents(app, tx, out, [moved])
}

interface Denied {
  readonly proposal: Proposal
  readonly verdict: Verdict
  readonly reason: Rejection
}

/** Suture asks for nothing by itself then: what it believes in most is refused, and the rest is for a person to choose. */
const handOver = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  configuration: Configuration,
  { proposal, verdict, reason }: Denied,
  milder: readonly Offer[],
): Promise<void> => {
  for (const { row } of milder.toReversed()) await showProposal(app, tx, out, row.id)
  if (staysOffered(reason)) {
    const row = await storeProposal(app, tx, out, {
      incident,
      configuration,
      proposal,
      verdict,
      rank: 0,
      madeBy: sutureItself,
    })
    if (endsAtOnce(reason) && !verdict.needsRequester)
      await abortRequest(app, tx, out, { proposal: row, requesterId: sutureItself, reason })
    else await showProposal(app, tx, out, row.id)
  }
  const [instead] = milder
  await escalate(
    app,
    tx,
    out,
    incident,
    [reason.detail, reason.remedy, ...(instead === undefined ? [] : [alternativeInWords(instead.row)])].join(
      ' ',
    ),
    reason.earliest === undefined ? null : Temporal.Instant.from(reason.earliest),
    (await waysOut(tx, app.ids.token, reason)).map(({ action }) => action),
  )
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
