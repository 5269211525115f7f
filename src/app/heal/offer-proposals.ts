import { sutureItself } from '../../domain/person.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal, StoredProposal } from '../../domain/proposal.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { openRun } from '../approval/request-run.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { digestOf } from '../digest.ts'
import { policyFacts } from '../policy-facts.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { targetsDigest } from '../targets-digest.ts'
import { escalate } from './escalate.ts'

interface Offer {
  readonly row: ProposalRow
  readonly verdict: Verdict
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
    const asked = await policyFacts(app, tx, 'propose', incident, proposal)
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
        await escalate(
          app,
          tx,
          out,
          incident,
          reason === undefined ? 'Policy refuses every proposal.' : `${reason.detail} ${reason.remedy}`,
        )
        return
      }
      continue
    }
    offers.push({
      row: await storeProposal(tx, out, incident, configuration, proposal, verdict, rank),
      verdict,
    })
  }
  const [first] = offers
  if (first === undefined) return
  const proposed = await moveIncident(tx, incident, 'proposed')
  // The best comes last: the newest message of a thread is what a person sees first.
  for (const { row } of offers.toReversed()) await showProposal(app, tx, out, row.id)
  if (!first.verdict.needsRequester)
    await openRun(app, tx, out, {
      incident: proposed,
      proposal: first.row,
      verdict: first.verdict,
      policyVersion,
      requester: { id: sutureItself },
    })
  else await showIncidents(app, tx, out, [proposed])
}

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

const storeProposal = async (
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  configuration: Configuration,
  proposal: Proposal,
  verdict: Verdict,
  rank: number,
): Promise<ProposalRow> => {
  const playbookDigest = configuration.playbooks.find(
    (loaded) => loaded.playbook.name === proposal.playbook,
  )?.digest
  if (playbookDigest === undefined) throw new Error(`playbook ${proposal.playbook} is not in force`)
  const stored: StoredProposal = { ...proposal, targetsDigest: targetsDigest(configuration, proposal) }
  const row = await tx.db
    .insertInto('proposal')
    .values({
      tenant_id: tx.tenantId,
      incident_id: incident.id,
      playbook: proposal.playbook,
      playbook_digest: playbookDigest,
      parameters_digest: digestOf(proposal.parameters),
      digest: digestOf(stored),
      body: JSON.stringify(stored),
      verdict: JSON.stringify(verdict),
      rank,
      created_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  out.audit(
    {
      event: 'proposal_made',
      actor: sutureItself,
      subject: row.id,
      details: {
        playbook: proposal.playbook,
        playbook_digest: playbookDigest,
        proposal_digest: row.digest,
        parameters: { ...proposal.parameters },
        targets: [...proposal.targets],
        diagnosis: proposal.diagnosisCode,
        impact: proposal.impact,
        worked: proposal.odds.worked,
        tried: proposal.odds.tried,
        verdict: verdict.outcome,
        reasons: verdict.reasons.map((reason) => reason.code),
        policy_checked: true,
      },
    },
    incident.id,
  )
  return row
}
