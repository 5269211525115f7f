import { type Person, type Role, roles, type Scope } from '../../domain/person.ts'

/**
 * The most that any key or session of a person may carry. Scopes only narrow what may be asked; whether the person may
 * approve this very request is decided by their roles, inside the transaction that decides.
 */
export const scopesOf = (person: Pick<Person, 'roles'>): Scope[] => {
  const scopes: Scope[] = ['read']
  if (person.roles.some((role) => role !== 'viewer')) scopes.push('respond', 'approve')
  if (person.roles.includes('admin')) scopes.push('admin')
  return scopes
}

/** The roles of which each alone is enough for all of these scopes. */
export const rolesFor = (scopes: readonly Scope[]): Role[] =>
  roles.filter((role) => scopes.every((scope) => scopesOf({ roles: [role] }).includes(scope)))

/** A key's scopes as they count now: roles that were taken away since take their scopes with them. */
export const scopesOfKey = (person: Person, given: readonly Scope[]): Scope[] =>
  scopesOf(person).filter((scope) => given.includes(scope))
