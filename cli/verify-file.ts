import { closeSync, openSync, readSync } from 'node:fs'
import { looksLikeProof, mostProofBytes } from '../src/domain/log/audit-proof.ts'
import type { VerifierKey } from '../src/domain/log/note.ts'
import type { Verdict } from '../src/domain/log/verdict.ts'
import { verifyExport } from '../src/domain/log/verify-export.ts'
import { verifyProof } from '../src/domain/log/verify-proof.ts'
import { signatureHolds } from './ed25519.ts'
import { sha256 } from './sha256.ts'

export interface VerifyOptions {
  readonly pinned: readonly VerifierKey[]
  /** Note of a checkpoint kept from before. A proof has no use for one. */
  readonly saved: string | null
}

const chunkBytes = 2 ** 20

/**
 * Verifies an export or a proof, whichever the file is. An export is read piece by piece, however long it is. Throws what
 * node:fs throws where the file can't be read; whatever the file holds is a verdict.
 */
export const verifyFile = (path: string, { pinned, saved }: VerifyOptions): Verdict => {
  const file = openSync(path, 'r')
  try {
    // A Buffer finds the next line feed thirty times as fast as a bare Uint8Array does.
    const chunk = Buffer.alloc(chunkBytes)
    const first = chunk.subarray(0, readSync(file, chunk, 0, chunkBytes, null))
    if (looksLikeProof(first)) return proofVerdict(wholeProof(file, first), pinned)
    const verifier = verifyExport({ sha256, pinned, saved })
    for (let part = first; part.length > 0; ) {
      for (const check of verifier.feed(part)) if (!signatureHolds(check)) verifier.refuse(check)
      if (verifier.isBroken()) break
      part = chunk.subarray(0, readSync(file, chunk, 0, chunkBytes, null))
    }
    return verifier.end()
  } finally {
    closeSync(file)
  }
}

const proofVerdict = (bytes: Uint8Array, pinned: readonly VerifierKey[]): Verdict => {
  const { verdict, checks, refuse } = verifyProof(bytes, { sha256, pinned })
  const wrong = checks.find((check) => !signatureHolds(check))
  return wrong === undefined ? verdict : refuse(wrong)
}

/** What is longer than a proof may be is cut behind that, and refused for it. */
const wholeProof = (file: number, first: Uint8Array): Uint8Array => {
  const parts = [first]
  let length = first.length
  while (length <= mostProofBytes) {
    const part = new Uint8Array(chunkBytes)
    const read = readSync(file, part, 0, chunkBytes, null)
    if (read === 0) break
    parts.push(part.subarray(0, read))
    length += read
  }
  return Buffer.concat(parts)
}
