/** One line of the history. Stored as exact RFC 8785 bytes, never as something a database could re-order. */

export const auditEvents = [
  'alerts_received',
  'alert_kept_aside',
  'incident_opened',
  'incident_reopened',
  'incident_resolved',
  'incident_escalated',
  'diagnosis_made',
  'proposal_made',
  'proposal_edited',
  'approval_requested',
  'approval_granted',
  'approval_vote',
  'approval_rushed',
  'approval_rejected',
  'approval_expired',
  'approval_canceled',
  'approval_revoked',
  'delegation_set',
  'delegation_ended',
  'approval_reminded',
  'approval_escalated',
  'approval_handed_over',
  'override_requested',
  'override_granted',
  'duplicate_check_failed',
  'permit_issued',
  'run_queued',
  'run_started',
  'step_intended',
  'step_finished',
  'run_verifying',
  'run_rolling_back',
  'run_finished',
  'run_blocked',
  'run_cancel_requested',
  'run_resolution',
  'outcome_recorded',
  'change_recorded',
  'silence_set',
  'silence_started',
  'silence_ended',
  'refused',
  'question_answered',
  'message_posted',
  'key_created',
  'key_revoked',
  'person_created',
  'person_changed',
  'identity_linked',
  'identity_unlinked',
  'link_code_made',
  'chat_refused',
  'signed_in',
  'signed_out',
  'configuration_imported',
  'emergency_stop_changed',
  'governance_changed',
  'break_glass_opened',
  'break_glass_used',
  'break_glass_ended',
  'break_glass_reviewed',
  'freeze_set',
  'freeze_lifted',
  'audit_exported',
  'audit_mirrored',
  'audit_proved',
  'audit_key_rotated',
  'freeze_ended',
  'siem_entry_refused',
  'self_test_run',
] as const
export type AuditEvent = (typeof auditEvents)[number]

export type AuditValue =
  | string
  | number
  | boolean
  | null
  | readonly AuditValue[]
  | { readonly [key: string]: AuditValue }

export interface AuditEntry {
  readonly event: AuditEvent
  /** Person id, `person_suture`, or `source:<name>` for an alert's sender. */
  readonly actor: string
  /** What it is about, such as `inc-42` or `run-7`. */
  readonly subject: string
  /** Everything the decision rested on. References only, never secret values. */
  readonly details: { readonly [key: string]: AuditValue }
}

/** What is hashed: the entry with where and when. `at` is PostgreSQL's transaction time, ISO 8601 in UTC. */
export const auditRecord = (
  entry: AuditEntry,
  context: { id: string; tenantId: string; at: string },
): AuditValue => ({
  v: 1,
  id: context.id,
  tenant: context.tenantId,
  at: context.at,
  event: entry.event,
  actor: entry.actor,
  subject: entry.subject,
  details: entry.details,
})
