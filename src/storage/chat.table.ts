import type { IdentityProvider } from '../domain/person.ts'
import type { At, MaybeAt } from './columns.ts'

/** A one-time code that ties two accounts together. Only its hash is kept. */
export interface LinkCodeTable {
  tenant_id: string
  code_hash: Buffer
  /** Whose side it was made on. */
  person_id: string
  provider: IdentityProvider
  /** The account it was made with; null for a key or session. */
  external_id: string | null
  created_at: At
  expires_at: At
  used_at: MaybeAt
}

/** A wrong code, so that nobody guesses for long. */
export interface LinkFailureTable {
  tenant_id: string
  id: string
  who: string
  failed_at: At
}

/** What a chat has sent before; its key is hashed. */
export interface SeenEventTable {
  tenant_id: string
  key_hash: Buffer
  seen_at: At
}
