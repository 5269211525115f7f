import { refusePermit } from '../../domain/permit.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { denialOf } from '../../domain/policy/verdict.ts'
import { changedCall } from '../../domain/proposal.ts'
import { tightened } from '../../domain/quorum.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Approver } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { ApprovalRequestRow, PermitRow, ProposalRow, RunRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { asDomain as asRequest } from '../approval/lock-request.ts'
import { refuseFallen } from '../approval/standing-approvers.ts'
import { digestOf } from '../digest.ts'
import type { Judged } from '../policy/keep-verdict.ts'
import { type GovernanceRow, policyFacts } from '../policy-facts.ts'
import { targetsDigest } from '../targets-digest.ts'
import { renderCalls } from './render-calls.ts'
import type { Resolved } from './resolve-proposal.ts'

/** Read under the locks, before anything is decided. */
export interface Found {
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly incident: IncidentRow
  readonly permit: PermitRow | undefined
  /** Absent where nobody had to be asked. */
  readonly request: ApprovalRequestRow | undefined
  readonly approvers: readonly Approver[]
  readonly governance: GovernanceRow
  readonly resolved: Resolved
}

/**
 * Permit, policy and precondition once more: all of them may have changed since the approval. `told`: what policy says, where
 * it is asked at all.
 */
export const refuseStart = async (
  app: App,
  tx: Tx,
  found: Found,
  told: (judged: Judged) => void = () => undefined,
): Promise<Rejection | null> => {
  const { run, proposal, incident, permit, request, approvers, governance } = found
  const configuration = await app.configuration.of(tx.tenantId)
  const loaded = configuration.playbooks.find((each) => each.playbook.name === proposal.playbook)
  if (permit === undefined)
    return reject('permit', `${run.id} has no permit.`, 'Request the proposal again.', {
      facts: { run: run.id, permit: null },
    })
  const about = {
    runId: run.id,
    stage: run.stage,
    proposalDigest: digestOf(proposal.body),
    playbookDigest: loaded?.digest ?? 'none',
    parametersDigest: digestOf(proposal.body.parameters),
    targets: proposal.body.targets,
  }
  // Approved with what it undoes, asked for by a person who has looked: of policy the emergency stop alone is asked.
  if (run.undo_of !== null)
    return (
      (governance.emergency_stop ? undoingStopped(run.undo_of) : null) ??
      refusePermit(asDomain(permit), { ...about, playbookDigest: proposal.playbook_digest }, tx.now) ??
      refuseTargets(app, configuration, found, permit)
    )
  const { facts, policyVersion } = await policyFacts(
    app,
    tx,
    'run',
    incident,
    proposal.body,
    // What a broken glass let past stands only while it is broken; what an override lets past was asked for.
    {
      requesterId: run.requester_id,
      overrides: permit.overrides.filter((layer) => request?.overrides.includes(layer) === true),
    },
    governance,
  )
  const verdict = evaluatePolicy(facts)
  told({ facts, policyVersion, verdict })
  const denial = denialOf(verdict)
  if (denial !== null) return denial
  const recounted =
    // A gate is never automatic: whoever opened it still has to stand for that.
    verdict.outcome === 'allow' && run.follows == null
      ? null
      : refuseFallen({
          runId: run.id,
          approvers,
          asked: request === undefined ? verdict : tightened(asRequest(request), verdict),
          groups: configuration.policy.document.groups,
          maxAgeMs: app.limits.groupRolesMaxAgeMs,
        })
  const refusal = recounted ?? refusePermit(asDomain(permit), about, tx.now)
  return refusal ?? refuseTargets(app, configuration, found, permit)
}

/** Asked when an undoing is wanted, and when it would begin. */
export const undoingStopped = (unknownId: string): Rejection =>
  reject(
    'emergency_stop',
    `The emergency stop is on: Suture starts nothing, not even what would undo ${unknownId}.`,
    'An admin lifts the emergency stop once it is safe; or undo it by hand, then say that it did not happen.',
    { facts: { emergencyStop: true } },
  )

const refuseTargets = (
  app: App,
  configuration: Configuration,
  { run, proposal, resolved }: Found,
  permit: PermitRow,
): Rejection | null => {
  const problem = problemWith(app, configuration, proposal, resolved)
  if (problem === null) return null
  return reject(
    'permit',
    `Permit ${permit.id} does not cover run ${run.id}: ${problem}.`,
    'Request the proposal again and have it approved.',
    { facts: { permit: permit.id, run: run.id, problem } },
  )
}

/** How what the targets would be asked to do now differs from what was approved; null when it does not. */
export const problemWith = (
  app: App,
  configuration: Configuration,
  { body }: ProposalRow,
  resolved: Resolved,
): string | null => {
  if (!resolved.ok) return resolved.problem
  const changed = changedCall(body.plan, renderCalls(app.executors, body.plan, resolved.units))
  if (changed !== null)
    return `what “${changed.step.title}” calls${changed.target === null ? '' : ` on ${changed.target}`} is no longer what was approved`
  return targetsDigest(configuration, body) === body.targetsDigest
    ? null
    : 'the catalogue has changed how its targets do it'
}

const asDomain = (row: PermitRow) => ({
  id: row.id,
  runId: row.run_id,
  stage: row.stage,
  status: row.status,
  proposalDigest: row.proposal_digest,
  playbookDigest: row.playbook_digest,
  parametersDigest: row.parameters_digest,
  targets: row.targets,
  approverIds: row.approver_ids,
  policyVersion: row.policy_version,
  expiresAt: row.expires_at,
})
