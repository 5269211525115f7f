import type { Generated } from 'kysely'
import type { At, MaybeAt } from './columns.ts'

/** The sealed history of a tenant: a Merkle log over its audit entries. Rows of these tables are only ever added. */

export interface AuditLogTable {
  tenant_id: string
  /** The name under which its checkpoints are signed. */
  origin: string
  created_at: At
}

/** Every key that has signed, in the form of a note's verifier key. */
export interface AuditKeyTable {
  tenant_id: string
  /** The log was this long when the key began to sign. */
  from_size: number
  vkey: string
  at: At
}

export interface AuditLeafTable {
  tenant_id: string
  index: number
  /** Of the audit entry. */
  seq: number
  leaf_hash: Buffer
}

/** Full tiles alone: 256 hashes of 32 bytes. What is not full yet follows from leaves and from roots of the tiles below. */
export interface AuditTileTable {
  tenant_id: string
  level: number
  n: number
  hashes: Buffer
  root: Buffer
}

export interface AuditCheckpointTable {
  tenant_id: string
  size: number
  root: Buffer
  /** The signed note, exactly as it was signed. */
  note: string
  /** Hashes of the compact range, the largest subtree first. */
  frontier: Buffer
  at: At
}

/** How far a witness outside the database was shown the log. This row changes: it is no part of the history. */
export interface AuditWitnessTable {
  tenant_id: string
  witness: string
  size: Generated<number>
  shown_at: MaybeAt
  /** When it is tried next. */
  due_at: At
  /** Failures in a row. */
  attempts: Generated<number>
  /** Empty as long as all is well. */
  last_error: Generated<string>
}
