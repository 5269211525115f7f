import { checkpointMark, mostLineBytes } from './audit-export.ts'
import { textOf } from './bytes.ts'
import { type ExportOptions, openState } from './export-state.ts'
import { judgeExport } from './judge-export.ts'
import { lineSplitter } from './line-splitter.ts'
import { type LogProblem, logProblem } from './log-problem.ts'
import type { SignatureCheck } from './note.ts'
import { takeCheckpoint } from './take-checkpoint.ts'
import { isDigit, takeEntry } from './take-entry.ts'
import { takeHeader } from './take-header.ts'
import type { Verdict } from './verdict.ts'

/** An export is verified while it is read; what is held of it is one line and a hash for each level of the tree. */
export interface ExportVerifier {
  /** The file's next bytes. Returns what Ed25519 is to be asked; what doesn't hold is told by `refuse`. */
  readonly feed: (chunk: Uint8Array) => readonly SignatureCheck[]
  readonly refuse: (check: SignatureCheck) => void
  /** Whether more of the file could change nothing. */
  readonly isBroken: () => boolean
  /** Entries that were read. */
  readonly count: () => number
  readonly end: () => Verdict
}

/** The rules stand in docs/audit-format.md, "Verifying an export". */
export const verifyExport = (options: ExportOptions): ExportVerifier => {
  const state = openState(options)
  let problem: LogProblem | null = null

  const problemOf = (bytes: Uint8Array, from: number, to: number): LogProblem | null => {
    const { line, header, ended } = state
    if (to - from > mostLineBytes)
      return logProblem('line_too_long', `A line has at most ${mostLineBytes} bytes.`, { line })
    if (ended) return logProblem('text_behind_end', 'There is more behind the line "end".', { line })
    if (header !== null && isDigit(bytes[from])) return takeEntry(state, header.size, bytes, from, to)
    const text = textOf(bytes.subarray(from, to))
    if (header === null) return takeHeader(state, text)
    if (text?.startsWith(checkpointMark) === true)
      return takeCheckpoint(state, header.origin, text.slice(checkpointMark.length))
    if (text !== `end ${header.size}`)
      return logProblem('line_unknown', `Expected an entry, a checkpoint or "end ${header.size}".`, { line })
    const found = state.tree.size()
    if (found < header.size)
      return logProblem(
        'cut_off',
        `The header counts ${header.size} entries; here the file ends after ${found}.`,
        {
          line,
          entry: found,
          range: { from: found, to: header.size - 1 },
        },
      )
    state.ended = true
    return null
  }

  const splitter = lineSplitter(mostLineBytes, (bytes, from, to) => {
    state.line += 1
    problem = problemOf(bytes, from, to)
    return problem === null
  })

  return {
    feed: (chunk) => {
      // Those of the chunk before are answered by now.
      state.checks.clear()
      if (problem === null) splitter.feed(chunk)
      return [...state.checks.keys()]
    },
    refuse: (check) => {
      const line = state.checks.get(check) ?? null
      // What is wrong first is what counts, and signatures may be judged after lines further down. The saved one stands above all.
      if (line !== null && problem !== null && (problem.line ?? 0) <= line) return
      problem = signatureProblem(check, line)
    },
    isBroken: () => problem !== null,
    count: () => state.tree.size(),
    end: () => {
      const verdict = problem ?? judgeExport(state, splitter.rest())
      return 'ok' in verdict ? verdict : { ok: false, kind: 'export', problem: verdict }
    },
  }
}

const signatureProblem = ({ key }: SignatureCheck, line: number | null): LogProblem =>
  logProblem(
    'signature_wrong',
    line === null
      ? `The saved checkpoint's signature is not one of ${key.vkey}.`
      : `The checkpoint's signature is not one of ${key.vkey}.`,
    { line },
  )
