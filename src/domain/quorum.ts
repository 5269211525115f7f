import type { Role } from './person.ts'
import type { Verdict } from './policy/verdict.ts'

/** Whose consent is enough: so many different people, and among them whoever must be. */

/** What somebody brings to a vote. */
export interface Holding {
  readonly personId: string
  readonly roles: readonly Role[]
  /** Groups of the policy. */
  readonly groups: readonly string[]
}

export interface Asked {
  /** How many different people must approve; at least 1. */
  readonly quorum: number
  /** Whoever has one of these may vote. Empty refuses everyone: default deny. */
  readonly approverRoles: readonly Role[]
  /** Each of these at least one of the approvers has. Whoever has one may vote, too. */
  readonly requiredRoles: readonly Role[]
  /** In each of these at least one who approves is. Whoever is may vote, too, but counts to the quorum by a role alone. */
  readonly requiredGroups: readonly string[]
}

export interface Needed {
  /** At least so many more people; 0 when the quorum is reached. */
  readonly approvals: number
  readonly roles: readonly Role[]
  readonly groups: readonly string[]
}

const has = ({ roles }: Pick<Holding, 'roles'>, role: Role): boolean =>
  roles.includes(role) || roles.includes('admin')

/** Who still has to approve, by what those stand for who have. One Person counts once, however often they are named. */
export const stillNeeded = (asked: Asked, approvals: readonly Holding[]): Needed => {
  const people = new Set(
    approvals.filter((each) => countsToQuorum(asked, each)).map(({ personId }) => personId),
  ).size
  const roles = asked.requiredRoles.filter((role) => !approvals.some((each) => has(each, role)))
  const groups = asked.requiredGroups.filter(
    (group) => !approvals.some((each) => each.groups.includes(group)),
  )
  const left = Math.max(0, asked.quorum - people)
  return { approvals: left === 0 && roles.length + groups.length > 0 ? 1 : left, roles, groups }
}

/** A place in a group alone is what that group is asked for, and makes nobody one of so many approvers. */
const countsToQuorum = (asked: Asked, holding: Holding): boolean =>
  [...asked.approverRoles, ...asked.requiredRoles].some((role) => has(holding, role))

export const mayStandFor = (asked: Asked, holding: Pick<Holding, 'roles' | 'groups'>): boolean =>
  asked.approverRoles.length > 0 &&
  (asked.approverRoles.some((role) => has(holding, role)) ||
    asked.requiredRoles.some((role) => has(holding, role)) ||
    asked.requiredGroups.some((group) => holding.groups.includes(group)))

/** Of each part the stricter: what was asked for stands, and what policy asks for by now comes on top. */
export const tightened = <T extends Asked>(
  asked: T,
  now: Omit<Verdict, 'reasons' | 'needsRequester'>,
): T => ({
  ...asked,
  quorum: Math.max(asked.quorum, now.quorum),
  approverRoles: asked.approverRoles.filter((role) => now.approverRoles.includes(role)),
  requiredRoles: [...new Set([...asked.requiredRoles, ...now.requiredRoles])],
  requiredGroups: [...new Set([...asked.requiredGroups, ...now.requiredGroups])],
})

/** `the role approver or the role override`, for whoever asks who may. */
export const mayInWords = (asked: Asked): string =>
  [
    ...(asked.approverRoles.length === 0 ? [] : [`the role ${asked.approverRoles.join(' or ')}`]),
    ...asked.requiredRoles
      .filter((role) => !asked.approverRoles.includes(role))
      .map((role) => `the role ${role}`),
    ...asked.requiredGroups.map((group) => `a place in the group ${group}`),
  ].join(', or ')

/** `somebody with the role override and somebody of the group dba`; empty when anybody who may will do. */
export const whoElseInWords = ({ roles, groups }: Pick<Needed, 'roles' | 'groups'>): string =>
  [
    ...roles.map((role) => `somebody with the role ${role}`),
    ...groups.map((group) => `somebody of the group ${group}`),
  ].join(' and ')

/** The groups of the policy that somebody is in. */
export const groupsOf = (
  groups: Readonly<Record<string, readonly string[]>>,
  personId: string,
): readonly string[] => Object.keys(groups).filter((group) => groups[group]?.includes(personId) === true)
