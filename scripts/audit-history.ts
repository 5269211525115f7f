import { sha256 } from '../cli/sha256.ts'
import { auditRecord } from '../src/domain/audit.ts'
import { checkpointLine, endLine, entryLine, headerLine } from '../src/domain/log/audit-export.ts'
import { type AuditProof, type IncludedEntry, proofText } from '../src/domain/log/audit-proof.ts'
import { utf8 } from '../src/domain/log/bytes.ts'
import { canonicalJson } from '../src/domain/log/canonical-json.ts'
import { checkpointText } from '../src/domain/log/checkpoint.ts'
import { emptyRange, growRange } from '../src/domain/log/compact-range.ts'
import { keyEvent } from '../src/domain/log/key-chain.ts'
import { leafHashOf } from '../src/domain/log/merkle.ts'
import { type Signer, signNote } from '../src/domain/log/note.ts'
import { inclusionSpans, pathOf } from '../src/domain/log/spans.ts'
import { rootOfHashes } from '../src/domain/log/tile.ts'
import { aSigner } from './audit-signer.ts'

/** A history made up for examples, tests and benches: its entries, its checkpoints, and the files of it. */

export interface HistoryPlan {
  readonly size: number
  readonly origin?: string
  /** A checkpoint after so many entries, and after the last one. */
  readonly every?: number
  /** Numbers of the entries by which the log goes over to its next key. */
  readonly rotations?: readonly number[]
  /** Another word makes another history. */
  readonly salt?: string
  /** Instead of made-up ones. */
  readonly entries?: readonly Uint8Array[]
  readonly signers?: readonly Signer[]
}

export interface History {
  readonly origin: string
  readonly entries: readonly Uint8Array[]
  /** Notes by the size of their checkpoints, rising. */
  readonly notes: ReadonlyMap<number, string>
  readonly signers: readonly Signer[]
  /** Lines of the export, each with its line feed. */
  readonly lines: readonly Uint8Array[]
}

export const exampleOrigin = 'suture.example.com/audit/acme'

const events = ['alerts_received', 'approval_granted', 'run_started', 'step_finished', 'refused'] as const

export const makeHistory = (plan: HistoryPlan): History => {
  const { size, origin = exampleOrigin, every = 100, rotations = [], salt = '' } = plan
  const signers = plan.signers ?? [...rotations, 0].map((_, at) => aSigner(origin, at + 1))
  const entries =
    plan.entries ??
    Array.from({ length: size }, (_, at) =>
      anEntry(at, salt, rotations.includes(at) ? signers[rotations.indexOf(at) + 1] : undefined),
    )
  const tree = growRange(emptyRange, sha256)
  const notes = new Map<number, string>()
  const used = new Set<Signer>()
  const body: Uint8Array[] = []
  const sign = (): void => {
    const count = tree.size()
    // The checkpoint right over the entry that introduces a key is still of the key before.
    const signer = signers[rotations.filter((index) => index + 1 < count).length] as Signer
    used.add(signer)
    const note = signNote(checkpointText({ origin, size: count, root: tree.root() }), [signer])
    notes.set(count, note)
    body.push(utf8(checkpointLine(note)))
  }
  if (size === 0) sign()
  for (const [index, entry] of entries.entries()) {
    const leaf = leafHashOf(sha256, entry)
    tree.add(leaf)
    body.push(entryLine(index, leaf, entry))
    if ((index + 1) % every === 0 || index + 1 === size || rotations.includes(index)) sign()
  }
  const keys = signers
    .filter((signer) => used.has(signer))
    .map(({ key }, at) => ({ vkey: key.vkey, introducedBy: rotations[at - 1] ?? null }))
  return {
    origin,
    entries,
    notes,
    signers,
    lines: [utf8(headerLine({ origin, size, keys })), ...body, utf8(endLine(size))],
  }
}

export const exportOf = ({ lines }: Pick<History, 'lines'>): Uint8Array => Buffer.concat(lines)

/** The proof of these entries under the newest checkpoint, with the introduction of each key. */
export const proofOf = (history: History, indexes: readonly number[], about = 'run-7'): AuditProof => {
  const newest = Math.max(...history.notes.keys())
  const rotations = history.entries.flatMap((entry, at) =>
    Buffer.from(entry).includes(`"event":"${keyEvent}"`) ? [at] : [],
  )
  return {
    origin: history.origin,
    checkpoint: history.notes.get(newest) ?? '',
    claim: { about, complete: true },
    entries: indexes.map((index) => includedIn(history, index, newest)),
    keys: history.signers.map(({ key }, at) => {
      const index = rotations[at - 1]
      if (index === undefined) return { vkey: key.vkey, introduced: null }
      const checkpoint = history.notes.get(index + 1) ?? ''
      return { vkey: key.vkey, introduced: { ...includedIn(history, index, index + 1), checkpoint } }
    }),
  }
}

export const proofFileOf = (history: History, indexes: readonly number[]): Uint8Array =>
  utf8(proofText(proofOf(history, indexes)))

const includedIn = ({ entries }: History, index: number, size: number): IncludedEntry => ({
  index,
  entry: entries[index] as Uint8Array,
  path: pathOf(
    inclusionSpans(index, size),
    (node) => {
      const width = 2 ** node.level
      const under = entries.slice(node.index * width, (node.index + 1) * width)
      return rootOfHashes(
        under.map((entry) => leafHashOf(sha256, entry)),
        sha256,
      )
    },
    sha256,
  ),
})

const anEntry = (at: number, salt: string, next: Signer | undefined): Uint8Array => {
  const time = new Date(Date.UTC(2026, 10, 23, 4, 0, 0) + at * 997).toISOString()
  const id = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
  const record =
    next === undefined
      ? {
          event: events[at % events.length] ?? 'refused',
          actor: at % 3 === 0 ? 'person_suture' : 'person_ada',
          subject: `run-${Math.floor(at / 5) + 1}`,
          details: { service: 'checkout', step: at % 4, why: `übliche Gründe ${salt}`, ok: at % 2 === 0 },
        }
      : { event: keyEvent, actor: 'person_suture', subject: 'audit', details: { vkey: next.key.vkey } }
  const entry = { ...record, event: record.event as 'refused' }
  return utf8(canonicalJson(auditRecord(entry, { id, tenantId: 'acme', at: time })))
}
