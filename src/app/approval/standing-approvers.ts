import { mayVote } from '../../domain/person.ts'
import {
  type Asked,
  groupsOf,
  mayInWords,
  mayStandFor,
  stillNeeded,
  whoElseInWords,
} from '../../domain/quorum.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { type Approver, whyFallen } from '../../domain/standing.ts'

export interface Recount {
  readonly runId: string
  readonly approvers: readonly Approver[]
  /** What was asked for, or what policy asks for by now where that is stricter. */
  readonly asked: Asked
  /** The groups of the policy. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly maxAgeMs: number
}

/**
 * What people have agreed to is counted again before it begins. Whoever has left, has lost the role, or whose role was not
 * seen for too long stands for nothing any more, and is named. The approvals that were given are needed still, and more
 * should policy ask for more by now; each required role and group must be among those who still stand.
 */
export const refuseFallen = ({ runId, approvers, asked, groups, maxAgeMs }: Recount): Rejection | null => {
  const holdings = approvers.map((each) => ({
    voter: each,
    // Of a vote for somebody who was away, what counts is what they stand for.
    standing: each.inSteadOf ?? each,
    personId: each.person.id,
    roles: (each.inSteadOf ?? each).person.roles,
    groups: groupsOf(groups, (each.inSteadOf ?? each).person.id),
  }))
  const standing = holdings.filter(
    (each) =>
      !each.voter.disabled &&
      !each.standing.disabled &&
      mayVote(each.voter.person) &&
      mayVote(each.standing.person) &&
      mayStandFor(asked, each),
  )
  const fallen = holdings
    .filter((each) => !standing.includes(each))
    .map((each) => (each.voter.disabled ? each.voter : each.standing))
  const missing = stillNeeded(asked, standing)
  const lacks = whoElseInWords(missing)
  if (fallen.length === 0)
    return missing.approvals === 0
      ? null
      : reject(
          'quorum',
          lacks === ''
            ? `Policy now asks for ${asked.quorum} approvals; ${runId} has ${standing.length}.`
            : `Policy now asks for the approval of ${lacks}; ${runId} has ${standing.length} without.`,
          'Request the proposal again.',
          { facts: { needed: asked.quorum, stands: standing.length, lacks } },
        )
  const may = [...asked.approverRoles, ...asked.requiredRoles]
  const names = fallen.map(({ person }) => person.name).join(' and ')
  return reject(
    'quorum',
    `${runId} has ${standing.length} of the ${Math.max(asked.quorum, approvers.length)} approvals that it needs. ${fallen.map((each) => whyFallen(each, may, maxAgeMs)).join(' ')}`,
    `Request the proposal again. In place of ${names} somebody must approve who has ${mayInWords(asked) || 'a role that may approve'}${lacks === '' ? '' : `; still needed: ${lacks}`}${fallen.some((each) => each.outdated.length > 0) ? '; so may whose role Suture could not read, once it can' : ''}.`,
    {
      facts: {
        needed: asked.quorum,
        stands: standing.length,
        fallen: fallen.map(({ person }) => person.id).join(' '),
      },
    },
  )
}
