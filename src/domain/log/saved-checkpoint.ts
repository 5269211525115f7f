import { sameBytes, toBase64 } from './bytes.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { type LogProblem, logProblem } from './log-problem.ts'
import { type SignatureCheck, signatureChecks, type VerifierKey } from './note.ts'

/** A checkpoint that somebody kept from before: the log must have grown out of it. */

export interface SavedRead {
  readonly saved: SignedCheckpoint | null
  /** Left to be asked of Ed25519. A checkpoint that nobody signed says nothing, whatever it says. */
  readonly checks: readonly SignatureCheck[]
  readonly problem: LogProblem | null
}

/** Read, and held against what the file says of itself. */
export const readSaved = (
  note: string,
  origin: string,
  size: number,
  keys: readonly VerifierKey[],
): SavedRead => {
  const read = parseCheckpoint(note)
  if (!read.ok)
    return wrong(logProblem('saved_unreadable', `The saved checkpoint can't be read: ${read.problem}.`))
  const saved = read.value
  if (saved.origin !== origin)
    return wrong(
      logProblem(
        'other_log',
        `The saved checkpoint is of the log ${saved.origin}; the file is of ${origin}.`,
      ),
    )
  const checks = signatureChecks(saved.note, keys)
  if (checks.length === 0)
    return wrong(
      logProblem(
        'signer_unknown',
        'The saved checkpoint is signed by no key of the file and by none that you pinned.',
      ),
    )
  if (saved.size <= size) return { saved, checks, problem: null }
  const problem = logProblem(
    'saved_longer',
    `The saved checkpoint counts ${saved.size} entries, the file has ${size}: the end of the history is missing.`,
    { entry: size, range: { from: size, to: saved.size - 1 } },
  )
  return { saved, checks, problem }
}

const wrong = (problem: LogProblem): SavedRead => ({ saved: null, checks: [], problem })

/** `root` is that of the file's first `saved.size` entries. */
export const savedDiffers = (saved: SignedCheckpoint, root: Uint8Array): LogProblem | null =>
  sameBytes(saved.root, root)
    ? null
    : logProblem(
        'saved_differs',
        `The first ${saved.size} entries have the root ${toBase64(root)}; the saved checkpoint says ${toBase64(saved.root)}. The log tells another history than it did then.`,
        saved.size === 0 ? {} : { range: { from: 0, to: saved.size - 1 } },
      )
