import { type Rejection, reject } from './rejection.ts'

/** The single-use right to run exactly one proposal: this playbook, these parameters, these targets. */

export const permitStatuses = ['issued', 'used', 'revoked'] as const
export type PermitStatus = (typeof permitStatuses)[number]

export const permitTransitions = {
  issued: ['used', 'revoked'],
  used: [],
  revoked: [],
} as const satisfies Record<PermitStatus, readonly PermitStatus[]>

/** What a permit binds. All digests are hex SHA-256 over RFC 8785 bytes. */
export interface PermitBinding {
  readonly runId: string
  /** Which stage of the plan, the first being 0. */
  readonly stage: number
  readonly proposalDigest: string
  readonly playbookDigest: string
  readonly parametersDigest: string
  readonly targets: readonly string[]
}

export interface Permit extends PermitBinding {
  readonly id: string
  readonly status: PermitStatus
  readonly approverIds: readonly string[]
  readonly policyVersion: string
  readonly expiresAt: Temporal.Instant
}

/** Null when the permit covers exactly what is about to run. A Permit for A never runs B. */
export const refusePermit = (
  permit: Permit,
  about: PermitBinding,
  now: Temporal.Instant,
): Rejection | null => {
  const wrong = (what: string): Rejection =>
    reject(
      'permit',
      `Permit ${permit.id} does not cover run ${about.runId}: ${what}.`,
      'Request the proposal again and have it approved.',
      {
        facts: {
          permit: permit.id,
          run: about.runId,
          status: permit.status,
          expires_at: permit.expiresAt.toString(),
          problem: what,
        },
      },
    )
  if (permit.status === 'used') return wrong('it was used before')
  if (permit.status === 'revoked')
    return wrong('it was revoked, as two of the people behind it turned out to be one')
  if (Temporal.Instant.compare(now, permit.expiresAt) >= 0)
    return wrong(`it expired at ${permit.expiresAt.toString()}`)
  if (permit.runId !== about.runId) return wrong(`it was issued for ${permit.runId}`)
  if (permit.stage !== about.stage)
    return wrong(`it was issued for stage ${permit.stage + 1}, not for stage ${about.stage + 1}`)
  if (permit.playbookDigest !== about.playbookDigest)
    return wrong('the playbook has changed since the approval')
  if (permit.parametersDigest !== about.parametersDigest)
    return wrong('the parameters have changed since the approval')
  if (permit.proposalDigest !== about.proposalDigest)
    return wrong('the proposal has changed since the approval')
  if (permit.targets.join('\n') !== about.targets.join('\n'))
    return wrong('the targets have changed since the approval')
  return null
}
