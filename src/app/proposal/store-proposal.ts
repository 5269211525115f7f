import type { Verdict } from '../../domain/policy/verdict.ts'
import type { Proposal, StoredProposal } from '../../domain/proposal.ts'
import type { Service } from '../../domain/service.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { ProposalRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { digestOf } from '../digest.ts'
import { renderCalls } from '../run/render-calls.ts'
import { unitsOf } from '../run/unit.ts'
import { targetsDigest } from '../targets-digest.ts'

export interface Offered {
  readonly incident: IncidentRow
  readonly configuration: Configuration
  readonly proposal: Proposal
  readonly verdict: Verdict
  readonly rank: number
  /** Id of whoever proposes it. */
  readonly madeBy: string
}

const serviceOf = (configuration: Configuration, { service }: Proposal): Service => {
  const found = configuration.serviceOf(service)
  if (found === undefined) throw new Error(`service ${service} is not in the catalogue`)
  return found
}

/** Immutable from here on: with the calls that its targets would get, and a digest over all of it. */
export const storeProposal = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { incident, configuration, proposal, verdict, rank, madeBy }: Offered,
): Promise<ProposalRow> => {
  const loaded = configuration.playbooks.find(({ playbook }) => playbook.name === proposal.playbook)
  if (loaded === undefined) throw new Error(`playbook ${proposal.playbook} is not in force`)
  const playbookDigest = loaded.digest
  const stored: StoredProposal = {
    ...proposal,
    plan: renderCalls(
      app.executors,
      proposal.plan,
      unitsOf(loaded.playbook, proposal, serviceOf(configuration, proposal)),
    ),
    targetsDigest: targetsDigest(configuration, proposal),
  }
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
      actor: madeBy,
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
