import { sameBytes, toBase64 } from './bytes.ts'
import { parseCanonical } from './canonical-json.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import type { ExportState } from './export-state.ts'
import { type LogProblem, type LogProblemCode, logProblem } from './log-problem.ts'
import { signatureChecks } from './note.ts'

/** `json` is the note as a JSON string. It is about the entries above it, all of them. */
export const takeCheckpoint = (state: ExportState, origin: string, json: string): LogProblem | null => {
  const { line } = state
  const note = parseCanonical(json)
  const read = typeof note === 'string' ? parseCheckpoint(note) : null
  if (read?.ok !== true)
    return logProblem(
      'checkpoint_unreadable',
      `The checkpoint can't be read: ${read?.problem ?? 'expected a JSON string in canonical form'}.`,
      { line },
    )
  const checkpoint = read.value
  const misplaced = placeProblem(state, origin, checkpoint)
  if (misplaced !== null) return misplaced
  const signed = takeSignatures(state, checkpoint)
  if (signed !== null) return signed
  state.checkpoints += 1
  return null
}

const placeProblem = (
  { line, tree, last }: ExportState,
  origin: string,
  checkpoint: SignedCheckpoint,
): LogProblem | null => {
  const before = last?.checkpoint.size ?? -1
  const count = tree.size()
  if (checkpoint.origin !== origin)
    return logProblem(
      'other_log',
      `The checkpoint is of the log ${checkpoint.origin}; the file is of ${origin}.`,
      { line },
    )
  if (checkpoint.size !== count || count === before)
    return logProblem(
      'checkpoint_misplaced',
      `The checkpoint counts ${checkpoint.size} entries, and stands behind ${count}.`,
      { line },
    )
  const root = tree.root()
  if (sameBytes(root, checkpoint.root)) return null
  const range = count === 0 ? null : { from: Math.max(before, 0), to: count - 1 }
  return logProblem(
    'tree_differs',
    `The first ${count} entries have the root ${toBase64(root)}; the checkpoint says ${toBase64(checkpoint.root)}.`,
    { line, range },
  )
}

const takeSignatures = (state: ExportState, checkpoint: SignedCheckpoint): LogProblem | null => {
  const { line, known, introduced, used, chain, checks } = state
  const wrong = (code: LogProblemCode, text: string): LogProblem => logProblem(code, text, { line })
  const asked = signatureChecks(checkpoint.note, known)
  if (asked.length === 0)
    return wrong(
      'signer_unknown',
      'The checkpoint is signed by no key of the header and by none that was pinned.',
    )
  const signers = asked.map(({ key }) => key)
  const names = new Set(signers.map(({ vkey }) => vkey))
  const early = introduced.find(
    ({ vkey, introducedBy }) => introducedBy >= checkpoint.size && names.has(vkey),
  )
  if (early !== undefined)
    return wrong(
      'key_not_introduced',
      `The checkpoint is signed by ${early.vkey}, which entry ${early.introducedBy} introduces later.`,
    )
  for (const vkey of names) used.add(vkey)
  for (const check of asked) checks.set(check, line)
  const trust = chain.trustIn(signers)
  if (trust !== null) {
    state.vouched = { size: checkpoint.size, trust }
    for (const { vkey, introducedBy } of introduced)
      if (introducedBy < checkpoint.size) chain.accept(vkey, trust)
  }
  state.last = { checkpoint, signers }
  return null
}
