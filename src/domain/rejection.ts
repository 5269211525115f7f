/** A refusal is a value, not an exception: it names the rule, the facts, when it may work and who can act. */

/** The layers of governance, each cited once per refusal in the audit log. */
export const policyReasonCodes = [
  'change_window',
  'freeze',
  'timeout_watchdog',
  'parameter_bounds',
  'duplicate_request',
  'trust_core',
  'blast_radius',
  'separation_of_duties',
  'policy_hook',
  'mode',
  'precondition',
  'proposal_limit',
  'maintenance',
  'quorum',
  'permit',
  'emergency_stop',
] as const
export type PolicyReasonCode = (typeof policyReasonCodes)[number]

export const requestReasonCodes = [
  'not_found',
  'forbidden',
  'already_decided',
  'expired',
  'stale',
  'invalid',
  'conflict',
  'unauthenticated',
  'too_large',
  'unavailable',
] as const
export type RequestReasonCode = (typeof requestReasonCodes)[number]

export type ReasonCode = PolicyReasonCode | RequestReasonCode

export interface Rejection {
  readonly rejected: true
  readonly code: ReasonCode
  /** One sentence a tired person understands: what was refused, and the rule. */
  readonly detail: string
  /** What to do instead, or who can. Empty only when there is nothing to do. */
  readonly remedy: string
  /** The earliest time it may be permitted, when the rule knows one. */
  readonly earliest?: string
  /** True when an override, approved by somebody else for this very run, lets it pass. */
  readonly overridable?: boolean
  /** What the rule saw. References only, never secret values. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>
}

export const reject = (
  code: ReasonCode,
  detail: string,
  remedy: string,
  more: Pick<Rejection, 'earliest' | 'facts' | 'overridable'> = {},
): Rejection => ({ rejected: true, code, detail, remedy, ...more })

export const isRejection = (value: unknown): value is Rejection =>
  typeof value === 'object' && value !== null && 'rejected' in value && value.rejected === true

/** HTTP status and title of each refusal; chat shows the title in bold above the detail. */
export const rejectionTable = {
  change_window: { status: 409, title: 'Outside the change window' },
  freeze: { status: 409, title: 'Frozen' },
  timeout_watchdog: { status: 409, title: 'Out of time' },
  parameter_bounds: { status: 422, title: 'Parameter out of bounds' },
  duplicate_request: { status: 409, title: 'Already requested' },
  trust_core: { status: 403, title: 'Too risky' },
  blast_radius: { status: 403, title: 'Too many services affected' },
  separation_of_duties: { status: 403, title: 'Somebody else must approve' },
  policy_hook: { status: 403, title: 'Refused by the policy hook' },
  mode: { status: 409, title: 'Not in this mode' },
  precondition: { status: 409, title: 'No longer needed' },
  proposal_limit: { status: 429, title: 'Enough proposals for now' },
  maintenance: { status: 409, title: 'Under maintenance' },
  quorum: { status: 409, title: 'More approvals needed' },
  permit: { status: 409, title: 'No valid permit' },
  emergency_stop: { status: 409, title: 'Emergency stop is on' },
  not_found: { status: 404, title: 'Not found' },
  forbidden: { status: 403, title: 'Not allowed' },
  already_decided: { status: 409, title: 'Already decided' },
  expired: { status: 410, title: 'Expired' },
  stale: { status: 409, title: 'The card has moved on' },
  invalid: { status: 422, title: 'Not valid' },
  conflict: { status: 409, title: 'Conflict' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  too_large: { status: 413, title: 'Too large' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const satisfies Record<ReasonCode, { status: number; title: string }>
