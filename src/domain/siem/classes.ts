import type { AuditEvent } from '../audit.ts'

/** Which class of OCSF 1.5.0 each event is told as (https://schema.ocsf.io/1.5.0). */

export const ocsfVersion = '1.5.0'

const entity = {
  Create: 1,
  Update: 3,
  Delete: 4,
  Enroll: 6,
  Unenroll: 7,
  Activate: 10,
  Deactivate: 11,
} as const

/** Classes by number, with the activities that are used of them. The category is the number's thousands. */
export const ocsfClasses = {
  'Detection Finding': { uid: 2004, activities: { Create: 1 } },
  'Incident Finding': { uid: 2005, activities: { Create: 1, Update: 2, Close: 3 } },
  Authentication: { uid: 3002, activities: { Logon: 1, Logoff: 2 } },
  'Entity Management': { uid: 3004, activities: entity },
  'API Activity': { uid: 6003, activities: { Create: 1, Read: 2, Update: 3, Other: 99 } },
  'Remediation Activity': { uid: 7001, activities: { Restore: 3 } },
} as const satisfies Record<
  string,
  { readonly uid: number; readonly activities: Readonly<Record<string, number>> }
>
export type OcsfClass = keyof typeof ocsfClasses

/** OCSF's severities, by name. */
export const severities = { Informational: 1, Low: 2, Medium: 3, High: 4, Critical: 5 } as const
export type Severity = keyof typeof severities

export interface EventShape {
  readonly class: OcsfClass
  readonly activity: string
  readonly severity: Severity
  /** False for what was refused or went wrong; null where the details tell, or nobody can. */
  readonly succeeded: boolean | null
}

const told =
  <Name extends OcsfClass>(name: Name, succeeded: boolean | null) =>
  (
    activity: keyof (typeof ocsfClasses)[Name]['activities'] & string,
    severity: Severity = 'Informational',
  ): EventShape => ({ class: name, activity, severity, succeeded })

const detection = told('Detection Finding', null)
const incident = told('Incident Finding', null)
const session = told('Authentication', true)
const managed = told('Entity Management', true)
const asked = told('API Activity', true)
const refused = told('API Activity', false)
const healing = told('Remediation Activity', null)

export const shapes = {
  alerts_received: detection('Create'),
  alert_kept_aside: detection('Create', 'Low'),
  incident_opened: incident('Create', 'Medium'),
  incident_reopened: incident('Update', 'Medium'),
  incident_resolved: incident('Close'),
  incident_escalated: incident('Update', 'High'),
  diagnosis_made: incident('Update'),
  proposal_made: asked('Create'),
  proposal_edited: asked('Update'),
  approval_requested: asked('Create'),
  approval_granted: asked('Update'),
  approval_vote: asked('Update'),
  approval_rushed: asked('Other', 'Medium'),
  approval_rejected: asked('Update'),
  approval_expired: asked('Update', 'Low'),
  approval_canceled: asked('Update'),
  approval_revoked: asked('Update', 'Low'),
  delegation_set: managed('Create'),
  delegation_ended: managed('Delete'),
  approval_reminded: asked('Other'),
  approval_escalated: asked('Update', 'Low'),
  approval_handed_over: asked('Update'),
  override_requested: asked('Create', 'Medium'),
  override_granted: asked('Update', 'High'),
  duplicate_check_failed: refused('Other', 'Medium'),
  permit_issued: asked('Create'),
  run_queued: healing('Restore'),
  run_started: healing('Restore'),
  step_intended: healing('Restore'),
  step_finished: healing('Restore'),
  run_verifying: healing('Restore'),
  run_rolling_back: healing('Restore', 'Medium'),
  run_finished: healing('Restore'),
  run_blocked: { ...healing('Restore', 'Low'), succeeded: false },
  run_cancel_requested: healing('Restore', 'Low'),
  run_resolution: healing('Restore', 'Medium'),
  outcome_recorded: healing('Restore'),
  change_recorded: asked('Create'),
  silence_set: managed('Create', 'Low'),
  silence_started: managed('Activate', 'Low'),
  silence_ended: managed('Deactivate'),
  refused: refused('Other', 'Medium'),
  question_answered: asked('Read'),
  message_posted: asked('Create'),
  key_created: managed('Create', 'Medium'),
  key_revoked: managed('Delete', 'Low'),
  person_created: managed('Create', 'Low'),
  person_changed: managed('Update', 'Medium'),
  identity_linked: managed('Enroll', 'Low'),
  identity_unlinked: managed('Unenroll', 'Low'),
  link_code_made: asked('Create', 'Low'),
  chat_refused: refused('Other', 'Medium'),
  signed_in: session('Logon'),
  signed_out: session('Logoff'),
  configuration_imported: managed('Update', 'Low'),
  emergency_stop_changed: managed('Update', 'High'),
  governance_changed: managed('Update', 'Medium'),
  break_glass_opened: managed('Activate', 'Critical'),
  break_glass_used: asked('Other', 'Critical'),
  break_glass_ended: managed('Deactivate', 'Medium'),
  break_glass_reviewed: asked('Update'),
  freeze_set: managed('Create', 'Low'),
  freeze_lifted: managed('Delete', 'Medium'),
  freeze_ended: managed('Delete'),
  audit_exported: asked('Read', 'Medium'),
  audit_mirrored: asked('Read', 'Medium'),
  audit_proved: asked('Read'),
  audit_key_rotated: managed('Update', 'High'),
  siem_entry_refused: refused('Other', 'Medium'),
  self_test_run: asked('Other'),
} as const satisfies Record<AuditEvent, EventShape>

/** Of the log itself: an entry that is gone, or is not what was sealed. */
export const damaged: EventShape = detection('Create', 'Critical')

/** Of an entry that a SIEM does not take, told in its place. */
export const withheld: EventShape = detection('Create', 'High')

/** Entries outlive the versions that wrote them: an event that nobody knows any more is told all the same. */
export const shapeOf = (event: string): EventShape =>
  Object.hasOwn(shapes, event) ? shapes[event as AuditEvent] : { ...asked('Other'), succeeded: null }
