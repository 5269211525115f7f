import { signatureHolds } from '../../../cli/ed25519.ts'
import { sha256 } from '../../../cli/sha256.ts'
import type { VerifierKey } from '../../../src/domain/log/note.ts'
import type { Verdict } from '../../../src/domain/log/verdict.ts'
import { verifyExport } from '../../../src/domain/log/verify-export.ts'
import { verifyProof } from '../../../src/domain/log/verify-proof.ts'

/** Files judged in memory, as the command line judges those on the disk. */

interface Judging {
  readonly pinned?: readonly VerifierKey[]
  readonly saved?: string | null
  /** Length of the pieces it comes in. */
  readonly pieces?: number
}

export const judgeExport = (file: Uint8Array, options: Judging = {}): Verdict => {
  const { pinned = [], saved = null, pieces = 65_536 } = options
  const verifier = verifyExport({ sha256, pinned, saved })
  for (let at = 0; at < file.length; at += pieces)
    for (const check of verifier.feed(file.subarray(at, at + pieces)))
      if (!signatureHolds(check)) verifier.refuse(check)
  return verifier.end()
}

export const judgeProof = (file: Uint8Array, pinned: readonly VerifierKey[] = []): Verdict => {
  const { verdict, checks, refuse } = verifyProof(file, { sha256, pinned })
  const wrong = checks.find((check) => !signatureHolds(check))
  return wrong === undefined ? verdict : refuse(wrong)
}

/** What was found, short: `sound`, or the code with its entry or range. */
export const found = (verdict: Verdict): string => {
  if (verdict.ok) return `sound, ${verdict.trust.kind}`
  const { code, entry, range } = verdict.problem
  if (entry !== null) return `${code} ${entry}`
  return range === null ? code : `${code} ${range.from}-${range.to}`
}
