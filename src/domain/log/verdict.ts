import type { Trust } from './key-chain.ts'
import type { LogProblem } from './log-problem.ts'

/** What came of verifying a file. Whoever made it is not asked. */

interface Sound {
  readonly ok: true
  readonly origin: string
  /** Entries of the log that the newest checkpoint counts. */
  readonly size: number
  /** Base64 of the root that was signed. */
  readonly root: string
  readonly trust: Trust
}

export interface SoundExport extends Sound {
  readonly kind: 'export'
  readonly checkpoints: number
  /** Size of the saved checkpoint that it extends; null where none was given. */
  readonly extends: number | null
}

export interface SoundProof extends Sound {
  readonly kind: 'proof'
  /** Numbers of the entries that are proved. */
  readonly entries: readonly number[]
  /** What the file says of itself, and nothing proves. */
  readonly claim: { readonly about: string; readonly complete: boolean }
}

export interface Broken {
  readonly ok: false
  readonly kind: 'export' | 'proof'
  readonly problem: LogProblem
}

export type Verdict = SoundExport | SoundProof | Broken
