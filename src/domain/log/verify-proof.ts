import { type IncludedEntry, mostProofBytes, parseProof, type ReadProof } from './audit-proof.ts'
import { textOf, toBase64 } from './bytes.ts'
import { isIncluded } from './check-proof.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import type { ExportOptions } from './export-state.ts'
import { introduces, keyChain, type Trust } from './key-chain.ts'
import { type LogProblem, logProblem } from './log-problem.ts'
import { leafHashOf, type Sha256 } from './merkle.ts'
import { type SignatureCheck, signatureChecks, type VerifierKey } from './note.ts'
import type { SoundProof, Verdict } from './verdict.ts'

/** What a proof comes to if every one of `checks` holds; `refuse` says what it comes to where one doesn't. */
export interface ProofVerdict {
  readonly verdict: Verdict
  readonly checks: readonly SignatureCheck[]
  readonly refuse: (check: SignatureCheck) => Verdict
}

/** The rules stand in docs/audit-format.md, "Verifying a proof". */
export const verifyProof = (
  file: Uint8Array,
  { sha256, pinned = [] }: Omit<ExportOptions, 'saved'>,
): ProofVerdict => {
  const checks: SignatureCheck[] = []
  const judged = judge(file, sha256, pinned, checks)
  return {
    verdict: 'ok' in judged ? judged : broken(judged),
    checks,
    refuse: ({ key }) =>
      broken(logProblem('signature_wrong', `A checkpoint's signature is not one of ${key.vkey}.`)),
  }
}

const judge = (
  file: Uint8Array,
  sha256: Sha256,
  pinned: readonly VerifierKey[],
  checks: SignatureCheck[],
): SoundProof | LogProblem => {
  const text = file.length > mostProofBytes ? null : textOf(file)
  if (text === null)
    return logProblem('not_readable', `A proof is UTF-8 text of at most ${mostProofBytes} bytes.`)
  const read = parseProof(text, sha256)
  if (!read.ok) return logProblem('proof_wrong', `The proof can't be read: ${read.problem}.`)
  const proof = read.value
  const chain = keyChain(pinned)
  for (const key of proof.keys) {
    if (key.introduced === null) continue
    const under = signedBy(proof, key.introduced.checkpoint, [...proof.keys, ...pinned])
    if ('code' in under) return under
    const entry = included(key.introduced, under.checkpoint, sha256)
    if (entry !== null) return entry
    if (!introduces(key.introduced.entry, key.vkey))
      return logProblem(
        'key_not_introduced',
        `Entry ${key.introduced.index} does not introduce the key ${key.vkey}.`,
        { entry: key.introduced.index },
      )
    checks.push(...under.checks)
    const trust = chain.trustIn(under.signers)
    if (trust !== null) chain.accept(key.vkey, trust)
  }
  const newest = proof.keys.at(-1)
  const head = signedBy(proof, proof.checkpoint, [...proof.keys, ...pinned])
  if ('code' in head) return head
  if (head.signers.every(({ vkey }) => vkey !== newest?.vkey))
    return logProblem('key_unused', `The last key, ${newest?.vkey}, has not signed the checkpoint.`)
  for (const entry of proof.entries) {
    const problem = included(entry, head.checkpoint, sha256)
    if (problem !== null) return problem
  }
  checks.push(...head.checks)
  const trust: Trust | null =
    pinned.length === 0 ? { kind: 'not_pinned', vkey: newest?.vkey ?? '' } : chain.trustIn(head.signers)
  if (trust === null)
    return logProblem(
      'not_vouched',
      `The checkpoint is signed by ${head.signers.map(({ vkey }) => vkey).join(' and ')}: not pinned, and not introduced by a key that is.`,
    )
  return {
    ok: true,
    kind: 'proof',
    origin: proof.origin,
    size: head.checkpoint.size,
    root: toBase64(head.checkpoint.root),
    trust,
    entries: proof.entries.map(({ index }) => index),
    claim: proof.claim,
  }
}

interface Signed {
  readonly checkpoint: SignedCheckpoint
  readonly checks: readonly SignatureCheck[]
  readonly signers: readonly VerifierKey[]
}

const signedBy = ({ origin }: ReadProof, note: string, keys: readonly VerifierKey[]): Signed | LogProblem => {
  const read = parseCheckpoint(note)
  if (!read.ok) return logProblem('checkpoint_unreadable', `A checkpoint can't be read: ${read.problem}.`)
  if (read.value.origin !== origin)
    return logProblem(
      'other_log',
      `A checkpoint is of the log ${read.value.origin}; the proof is of ${origin}.`,
    )
  const unique = [...new Map(keys.map((key) => [key.vkey, key])).values()]
  const checks = signatureChecks(read.value.note, unique)
  return checks.length === 0
    ? logProblem(
        'signer_unknown',
        'A checkpoint is signed by no key of the proof and by none that was pinned.',
      )
    : { checkpoint: read.value, checks, signers: checks.map(({ key }) => key) }
}

const included = (
  { index, entry, path }: IncludedEntry,
  head: SignedCheckpoint,
  sha256: Sha256,
): LogProblem | null =>
  isIncluded(leafHashOf(sha256, entry), index, head, path, sha256)
    ? null
    : logProblem(
        'not_included',
        `Entry ${index}, with these bytes, is not in the log of ${head.size} entries that was signed.`,
        { entry: index },
      )

const broken = (problem: LogProblem): Verdict => ({ ok: false, kind: 'proof', problem })
