import type { PolicyFacts } from '../../domain/policy/facts.ts'
import { keptFacts } from '../../domain/policy/kept-facts.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import type { Tx } from '../../storage/database.ts'
import { insertVerdict } from '../../storage/policy.repository.ts'
import type { Outbound } from '../commit.ts'
import { canonicalText } from '../digest.ts'

/** What policy was asked, and what it said. */
export interface Judged {
  readonly facts: PolicyFacts
  readonly policyVersion: string
  readonly verdict: Verdict
}

/** Sent along in the commit that asked: whoever asks later why, is told what was seen then. `runId` null: there is none yet. */
export const keepVerdict = (
  tx: Tx,
  out: Outbound,
  { proposalId, runId }: { readonly proposalId: string; readonly runId: string | null },
  { facts, policyVersion, verdict }: Judged,
): void =>
  out.along(
    insertVerdict(tx, {
      proposal_id: proposalId,
      run_id: runId,
      moment: facts.moment,
      policy_version: policyVersion,
      outcome: verdict.outcome,
      quorum: verdict.quorum,
      approver_roles: [...verdict.approverRoles],
      required_roles: [...verdict.requiredRoles],
      required_groups: [...verdict.requiredGroups],
      reasons: canonicalText(verdict.reasons),
      facts: canonicalText(keptFacts(facts)),
    }),
  )
