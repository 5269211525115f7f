import type { KnownKey, ReadHeader } from './audit-export.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import { emptyRange, type GrowingRange, growRange } from './compact-range.ts'
import { type KeyChain, keyChain, type Trust } from './key-chain.ts'
import type { Sha256 } from './merkle.ts'
import type { SignatureCheck, VerifierKey } from './note.ts'

export interface ExportOptions {
  readonly sha256: Sha256
  /** Keys that the reader has from elsewhere. Without any, the file can only agree with itself. */
  readonly pinned?: readonly VerifierKey[]
  /** The note of a checkpoint that the reader kept from before. */
  readonly saved?: string | null
}

/** Where the reading of an export stands. */
export interface ExportState {
  readonly sha256: Sha256
  readonly pinned: readonly VerifierKey[]
  readonly savedNote: string | null
  readonly tree: GrowingRange
  readonly chain: KeyChain
  /** Keys that have signed a checkpoint. */
  readonly used: Set<string>
  /** What Ed25519 is to be asked about the newest chunk, with the line; null for the saved checkpoint. */
  readonly checks: Map<SignatureCheck, number | null>
  header: ReadHeader | null
  /** Those of the header and those that are pinned. */
  known: readonly VerifierKey[]
  introduced: readonly (KnownKey & { readonly introducedBy: number })[]
  saved: SignedCheckpoint | null
  last: { readonly checkpoint: SignedCheckpoint; readonly signers: readonly VerifierKey[] } | null
  /** So many entries stand under a checkpoint of a trusted key. */
  vouched: { readonly size: number; readonly trust: Trust } | null
  line: number
  checkpoints: number
  ended: boolean
}

export const openState = ({ sha256, pinned = [], saved = null }: ExportOptions): ExportState => ({
  sha256,
  pinned,
  savedNote: saved,
  tree: growRange(emptyRange, sha256),
  chain: keyChain(pinned),
  used: new Set(),
  checks: new Map(),
  header: null,
  known: [],
  introduced: [],
  saved: null,
  last: null,
  vouched: null,
  line: 0,
  checkpoints: 0,
  ended: false,
})
