import { textOf } from './bytes.ts'
import type { VerifierKey } from './note.ts'

/** Which keys a reader may trust: those that were pinned, and those that a trusted one introduced. */

/** The event of an entry that names the log's next key, in `details.vkey`. */
export const keyEvent = 'audit_key_rotated'

/** Whether the entry, by its stored bytes, names this key as the log's next one. */
export const introduces = (entry: Uint8Array, vkey: string): boolean => {
  const record = recordOf(entry)
  const details = record?.['details']
  return (
    record?.['event'] === keyEvent &&
    typeof details === 'object' &&
    details !== null &&
    (details as { readonly vkey?: unknown }).vkey === vkey
  )
}

/** How far a key is trusted. `introducer` is the pinned key that its introduction goes back to. */
export type Trust =
  | { readonly kind: 'pinned'; readonly vkey: string }
  | { readonly kind: 'introduced'; readonly vkey: string; readonly introducer: string }
  | { readonly kind: 'not_pinned'; readonly vkey: string }

export interface KeyChain {
  /** Null where none of them is trusted. A pinned key counts before an introduced one. */
  readonly trustIn: (signers: readonly VerifierKey[]) => Trust | null
  /** What is trusted has signed a tree with this key's introduction in it. */
  readonly accept: (vkey: string, by: Trust) => void
}

export const keyChain = (pinned: readonly VerifierKey[]): KeyChain => {
  const introducers = new Map(pinned.map(({ vkey }) => [vkey, vkey]))
  return {
    trustIn: (signers) => {
      const direct = signers.find(({ vkey }) => introducers.get(vkey) === vkey)
      if (direct !== undefined) return { kind: 'pinned', vkey: direct.vkey }
      for (const { vkey } of signers) {
        const introducer = introducers.get(vkey)
        if (introducer !== undefined) return { kind: 'introduced', vkey, introducer }
      }
      return null
    },
    accept: (vkey, by) => {
      if (by.kind === 'not_pinned' || introducers.has(vkey)) return
      introducers.set(vkey, by.kind === 'pinned' ? by.vkey : by.introducer)
    },
  }
}

const recordOf = (entry: Uint8Array): Readonly<Record<string, unknown>> | null => {
  const text = textOf(entry)
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
