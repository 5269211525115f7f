import type { Person } from '../../domain/person.ts'
import type { Gate } from '../../domain/playbook.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf, type Verdict } from '../../domain/policy/verdict.ts'
import { gateBefore } from '../../domain/stages.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, moveIncident } from '../../storage/incident.repository.ts'
import { passClaimOn } from '../../storage/limit.repository.ts'
import type { ProposalRow, RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { keepVerdict } from '../policy/keep-verdict.ts'
import { policyFacts } from '../policy-facts.ts'
import { closeIfOver } from '../run/close-if-over.ts'
import { finishRun } from '../run/finish-run.ts'
import { stopAtGate } from '../run/stop-at-gate.ts'
import { showIncidents } from '../show/incident.ts'
import { showProposal } from '../show/proposal.ts'
import { askForApproval } from './ask-for-approval.ts'

export interface AtGate {
  readonly incident: IncidentRow
  readonly proposal: ProposalRow
  /** The run of the stage that is done. */
  readonly done: RunRow
}

/**
 * A stage is done and a gate comes: the run of the next stage, in the same commit. It waits for people, whatever the mode; or it
 * ends here, because nothing is left to heal or because policy refuses it now. Whoever requested the first stage is its
 * requester, and what was let past for the first stage is not let past for this one.
 */
export const openNextStage = async (app: App, tx: Tx, out: Outbound, at: AtGate): Promise<void> => {
  const { incident, proposal, done } = at
  if (incident.status === 'resolved' || incident.firing === 0) {
    const run = await insertRun(app, tx, at, {
      status: 'canceled',
      cause: 'superseded',
      reason: 'the incident has resolved before the gate',
    })
    await finishRun(app, tx, out, run, { recovery: 'recovered', proposal })
    await closeIfOver(app, tx, out, incident, run)
    return
  }
  const asked = await policyFacts(app, tx, 'request', incident, proposal.body, {
    requesterId: done.requester_id,
    overrides: [],
  })
  // The claim on this service and diagnosis is its own.
  const isOwnClaim = asked.facts.duplicate?.runId === done.id
  const facts = isOwnClaim ? { ...asked.facts, duplicate: null } : asked.facts
  const { policyVersion } = asked
  const verdict = atGate(evaluatePolicy(facts), gateBefore(proposal.body.plan, done.stage + 1))
  const reason = denialOf(verdict)
  if (reason !== null) {
    const run = await insertRun(app, tx, at, {
      status: 'blocked',
      cause: 'policy',
      reason: `${reason.detail} ${reason.remedy}`.trim(),
    })
    keepVerdict(tx, out, { proposalId: proposal.id, runId: run.id }, { facts, policyVersion, verdict })
    refused(
      out,
      { actor: done.requester_id, subject: run.id, incidentId: incident.id, command: 'request' },
      reason,
    )
    await finishRun(app, tx, out, run, { recovery: 'not_measured', proposal })
    await stopAtGate(app, tx, out, incident, run)
    return
  }
  const run = await insertRun(app, tx, at, { status: 'pending_approval' })
  keepVerdict(tx, out, { proposalId: proposal.id, runId: run.id }, { facts, policyVersion, verdict })
  const requester: Pick<Person, 'id'> = { id: done.requester_id }
  const requestId = await askForApproval(
    app,
    tx,
    out,
    { incident, proposal, verdict, policyVersion, requester },
    run,
  )
  if (isOwnClaim) await passClaimOn(tx, proposal.body, done.id, { runId: run.id, requestId })
  await showIncidents(app, tx, out, [await moveIncident(tx, incident, 'proposed')])
  await showProposal(app, tx, out, proposal.id)
  out.changed('run', run.id)
}

/** Never looser than policy, and never automatic. */
const atGate = (verdict: Verdict, gate: Gate | null): Verdict => ({
  ...verdict,
  outcome: verdict.outcome === 'deny' ? 'deny' : 'require_approval',
  quorum: Math.max(verdict.quorum, gate?.quorum ?? 1),
  requiredRoles: [...new Set([...verdict.requiredRoles, ...(gate?.roles ?? [])])],
})

type Begins =
  | { readonly status: 'pending_approval' }
  | {
      readonly status: 'blocked' | 'canceled'
      readonly cause: 'policy' | 'superseded'
      readonly reason: string
    }

const insertRun = (app: App, tx: Tx, { done }: AtGate, begins: Begins): Promise<RunRow> =>
  tx.db
    .insertInto('run')
    .values({
      ...begins,
      tenant_id: tx.tenantId,
      incident_id: done.incident_id,
      proposal_id: done.proposal_id,
      requester_id: done.requester_id,
      budget_ms: app.limits.runBudgetMs,
      stage: done.stage + 1,
      follows: done.id,
      created_at: tx.now,
      finished_at: begins.status === 'pending_approval' ? null : tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
