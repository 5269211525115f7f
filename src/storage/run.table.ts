import type { ColumnType, Generated } from 'kysely'
import type { ApprovalStatus } from '../domain/approval.ts'
import type { PermitStatus } from '../domain/permit.ts'
import type { IdentityProvider, Role } from '../domain/person.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { StoredProposal } from '../domain/proposal.ts'
import type { PolicyReasonCode } from '../domain/rejection.ts'
import type { RunCause, RunStatus } from '../domain/run.ts'
import type { StepPhase, StepStatus } from '../domain/step.ts'
import type { At, Json, MaybeAt, Numbered } from './columns.ts'

export interface ProposalTable {
  tenant_id: string
  id: Numbered
  incident_id: string
  playbook: string
  playbook_digest: string
  parameters_digest: string
  digest: string
  body: Json<StoredProposal>
  verdict: Json<Verdict>
  rank: number
  created_at: At
  withdrawn_at: MaybeAt
}

export interface RunTable {
  tenant_id: string
  id: Numbered
  incident_id: string
  proposal_id: string
  status: RunStatus
  cause: ColumnType<RunCause | null, RunCause | null | undefined, RunCause | null>
  reason: Generated<string>
  requester_id: string
  worker_id: ColumnType<string | null, string | null | undefined, string | null>
  fencing_token: Generated<number>
  lease_until: MaybeAt
  budget_ms: number
  deadline_at: MaybeAt
  /** The deadline less the time kept back for undoing; null before it starts. */
  work_until: MaybeAt
  cancel_requested_by: ColumnType<string | null, string | null | undefined, string | null>
  created_at: At
  queued_at: MaybeAt
  started_at: MaybeAt
  finished_at: MaybeAt
  resolution: ColumnType<string | null, string | null | undefined, string | null>
  /** The run that ended `unknown` and that this one undoes. */
  undo_of: ColumnType<string | null, string | null | undefined, never>
  /** Which stage of the playbook it is, the first being 0. */
  stage: Generated<number>
  /** The run of the stage before, which ended at the gate; null for the first, and for one that undoes another. */
  follows: ColumnType<string | null, string | null | undefined, never>
  version: Generated<number>
}

export interface ApprovalRequestTable {
  tenant_id: string
  id: Numbered
  proposal_id: string
  run_id: string
  incident_id: string
  requester_id: string
  status: ApprovalStatus
  quorum: number
  approver_roles: Role[]
  policy_version: string
  expires_at: At
  created_at: At
  decided_at: MaybeAt
  reason: Generated<string>
  version: Generated<number>
  required_roles: Generated<Role[]>
  required_groups: Generated<string[]>
  /** Layers that it asks to be let past, for its run alone; approving it lets it past them. */
  overrides: Generated<PolicyReasonCode[]>
  override_reason: Generated<string>
  /** How many of the reminder and the steps of escalation are done. */
  reminders: Generated<number>
  /** Up to when it was told whose shift it is; null as long as nothing was handed over. */
  handed_over_at: MaybeAt
}

export interface ApprovalDecisionTable {
  tenant_id: string
  request_id: string
  person_id: string
  decision: 'approve' | 'reject'
  via: IdentityProvider
  reason: Generated<string>
  decided_at: At
  /** Whose vote it is, when somebody voted in the stead of a person who is away. */
  for_person_id: ColumnType<string | null, string | null | undefined, string | null>
  /** Of the request: whose requests somebody approves is counted by it. */
  requester_id: ColumnType<string | null, string | null | undefined, never>
  /** Approved so soon after the request that nobody can have read it. */
  rushed: Generated<boolean>
}

export interface PermitTable {
  tenant_id: string
  id: string
  run_id: string
  status: PermitStatus
  proposal_digest: string
  playbook_digest: string
  parameters_digest: string
  /** Of the run it is for. */
  stage: Generated<number>
  targets: string[]
  approver_ids: string[]
  policy_version: string
  /** Layers that this very run was let past, by people who may. */
  overrides: Generated<PolicyReasonCode[]>
  issued_at: At
  expires_at: At
  used_at: MaybeAt
}

export interface StepExecutionTable {
  tenant_id: string
  run_id: string
  step_id: string
  phase: StepPhase
  position: number
  title: string
  status: StepStatus
  fencing_token: number
  started_at: At
  finished_at: MaybeAt
  summary: Generated<string>
  output_tail: Generated<string>
}

export interface RunLogTable {
  tenant_id: string
  run_id: string
  seq: Generated<number>
  step_id: string
  stream: string
  body: string
  at: At
}

export interface RunProcessTable {
  tenant_id: string
  run_id: string
  pid: number
  start_ticks: string
  boot_id: string
  host: string
}

export interface TargetLockTable {
  tenant_id: string
  target: string
  run_id: string
  fencing_token: number
  acquired_at: At
}
