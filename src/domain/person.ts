import { z } from 'zod'

/** One human (or one service account) across chats. Rights belong to the Person, never to a message or a link. */

export const roles = ['viewer', 'responder', 'approver', 'override', 'admin'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

export const personKinds = ['human', 'service_account'] as const
export type PersonKind = (typeof personKinds)[number]

/** `person_suture` is Suture itself: it requests its own proposals and never votes. */
export const sutureItself = 'person_suture'

export interface Person {
  readonly id: string
  readonly name: string
  readonly kind: PersonKind
  readonly roles: readonly Role[]
}

export const identityProviders = ['console', 'slack', 'discord', 'key'] as const
export type IdentityProvider = (typeof identityProviders)[number]

/** Who is asking, through what. Built at the edge from a verified key, session or chat user; never from a body. */
export interface Caller {
  readonly tenantId: string
  readonly person: Person
  readonly via: IdentityProvider
  readonly scopes: readonly Scope[]
  /** When the key behind it ends; absent or null for one that does not. A key that it makes for itself ends with it. */
  readonly until?: Temporal.Instant | null
}

export const scopes = ['read', 'respond', 'approve', 'admin'] as const
export const Scope = z.enum(scopes)
export type Scope = z.infer<typeof Scope>

export const hasRole = (person: Person, role: Role): boolean =>
  person.roles.includes(role) || person.roles.includes('admin')

/** Only humans vote: a service account may request, never approve. */
export const mayVote = (person: Person): boolean => person.kind === 'human' && person.id !== sutureItself
