import { formatDuration } from './duration.ts'
import { hasRole, type Person, type Role } from './person.ts'
import { type Rejection, reject } from './rejection.ts'

/** What the groups of one account of a chat gave, and when they were read; null for never. */
export interface GroupRoles {
  readonly roles: readonly Role[]
  readonly seenAt: Temporal.Instant | null
}

/** Somebody as they stand at one moment, and not as they stood when they came. */
export interface Standing {
  /** With the roles that count now, and no others. */
  readonly person: Person
  readonly disabled: boolean
  /** Roles that rest on groups which were read too long ago. */
  readonly outdated: readonly OutdatedRole[]
}

/** Somebody who approved. */
export interface Approver extends Standing {
  /** Who was away and for whom it counts: what they stand for decides, and not what the voter does. */
  readonly inSteadOf?: Standing | null
}

export interface OutdatedRole {
  readonly role: Role
  /** How long ago the newest of the groups behind it was read, ms; null for never. */
  readonly ageMs: number | null
}

/** `recorded` has all roles that are written down; `groups` is null for somebody whose roles an admin gave. */
export const standingOf = (
  recorded: Person,
  disabled: boolean,
  groups: readonly GroupRoles[] | null,
  now: Temporal.Instant,
  maxAgeMs: number,
): Standing => {
  if (groups === null) return { person: recorded, disabled, outdated: [] }
  const aged = recorded.roles.map((role) => ({ role, ageMs: ageOf(groups, role, now) }))
  const counts = ({ ageMs }: OutdatedRole): boolean => ageMs !== null && ageMs < maxAgeMs
  return {
    person: { ...recorded, roles: aged.filter(counts).map(({ role }) => role) },
    disabled,
    outdated: aged.filter((each) => !counts(each)),
  }
}

const ageOf = (groups: readonly GroupRoles[], role: Role, now: Temporal.Instant): number | null => {
  const ages = groups
    .filter((group) => group.roles.includes(role))
    .flatMap(({ seenAt }) => (seenAt === null ? [] : [now.epochMilliseconds - seenAt.epochMilliseconds]))
  return ages.length === 0 ? null : Math.min(...ages)
}

/** The roles that would be enough, had they been seen lately; one that covers them where none of them is had itself. */
const wouldDo = ({ person, outdated }: Standing, needed: readonly Role[]): readonly OutdatedRole[] => {
  const named = outdated.filter(({ role }) => needed.includes(role))
  const covers = ({ role }: OutdatedRole): boolean =>
    needed.some((each) => hasRole({ ...person, roles: [role] }, each))
  return named.length > 0 ? named : outdated.filter(covers)
}

/** Why somebody who approved no longer counts, as one sentence. */
export const whyFallen = (standing: Standing, approverRoles: readonly Role[], maxAgeMs: number): string => {
  const { name } = standing.person
  if (standing.disabled) return `${name} is disabled.`
  const outdated = wouldDo(standing, approverRoles)
  if (outdated.length > 0) return outdatedInWords(name, outdated, maxAgeMs)
  return `${name} no longer has the role ${approverRoles.join(' or ') || 'to approve'}.`
}

const outdatedInWords = (name: string, outdated: readonly OutdatedRole[], maxAgeMs: number): string => {
  const ageMs = youngest(outdated)
  return `${name} has the role ${outdated.map(({ role }) => role).join(' and ')} by groups of a chat that Suture ${
    ageMs === null ? 'has not read since' : `last read ${roughly(ageMs)} ago`
  }; such a role counts for ${formatDuration(maxAgeMs)}.`
}

const youngest = (outdated: readonly OutdatedRole[]): number | null => {
  const known = outdated.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]))
  return known.length === 0 ? null : Math.min(...known)
}

const roughly = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.floor(ms / 60_000)} min`

/** In place of "you lack the role" for whoever lacks it only because the chat could not be read; else null. */
export const refuseOutdated = (
  standing: Standing,
  needed: readonly Role[],
  maxAgeMs: number,
): Rejection | null => {
  const outdated = wouldDo(standing, needed)
  if (outdated.length === 0) return null
  return reject(
    'forbidden',
    outdatedInWords(standing.person.name, outdated, maxAgeMs),
    'Try again in a few minutes. If it stays so, Suture cannot read the groups: an admin asks npm start -- --check why.',
    { facts: { rule: 'group_roles_max_age', max_age_ms: maxAgeMs, age_ms: youngest(outdated) } },
  )
}
