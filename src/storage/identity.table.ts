import type { ColumnType, Generated } from 'kysely'
import type { IdentityProvider, PersonKind, Role, Scope } from '../domain/person.ts'
import type { At, GeneratedAt, MaybeAt } from './columns.ts'

export interface TenantTable {
  tenant_id: string
  name: string
  created_at: GeneratedAt
}

export interface PersonTable {
  tenant_id: string
  id: string
  name: string
  kind: PersonKind
  roles: Role[]
  disabled_at: MaybeAt
  created_at: GeneratedAt
  /** The chat whose groups gave this person their roles; null for people whom an admin made. */
  came_by: Generated<'slack' | 'discord' | null>
}

export interface IdentityTable {
  tenant_id: string
  provider: IdentityProvider
  external_id: string
  person_id: string
  linked_at: ColumnType<Temporal.Instant, Temporal.Instant | undefined, Temporal.Instant>
  /** What the groups of this account gave when they were last read. */
  roles: Generated<Role[]>
  /** When that was; null for never. What was read too long ago counts for nothing. */
  roles_seen_at: MaybeAt
  /** Taken off again: it opens nothing, and is nobody's until it is linked anew. */
  unlinked_at: MaybeAt
}

export interface ApiKeyTable {
  tenant_id: string
  id: string
  person_id: string
  name: string
  secret_hash: Buffer
  scopes: Scope[]
  created_at: GeneratedAt
  expires_at: MaybeAt
  revoked_at: MaybeAt
  last_used_at: MaybeAt
}

export interface SessionTable {
  tenant_id: string
  id_hash: Buffer
  person_id: string
  csrf_token: string
  created_at: GeneratedAt
  expires_at: At
}

export interface IdempotencyKeyTable {
  tenant_id: string
  person_id: string
  key: string
  request_digest: string
  status: Generated<number | null>
  response: Generated<unknown>
  created_at: At
}
