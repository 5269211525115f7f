import { toBase64 } from './bytes.ts'
import type { ExportState } from './export-state.ts'
import type { Trust } from './key-chain.ts'
import { type LogProblem, logProblem } from './log-problem.ts'
import type { SoundExport } from './verdict.ts'

/** What can be said when the last byte was read: `rest` bytes stood behind the last line feed. */
export const judgeExport = (state: ExportState, rest: number): SoundExport | LogProblem => {
  const { header, tree, ended, line, last, used, saved, checkpoints } = state
  if (header === null) return logProblem('not_readable', 'The file holds no line.')
  const { size, origin, keys } = header
  if (!ended || rest > 0)
    return logProblem('cut_off', `The file does not end with the line "end ${size}".`, {
      line: line + 1,
      ...(tree.size() < size ? missing(tree.size(), size) : {}),
    })
  const covered = last?.checkpoint.size ?? 0
  if (last === null || covered < size)
    return logProblem(
      'not_vouched',
      `No checkpoint counts all ${size} entries; the last one counts ${covered}.`,
      missing(covered, size),
    )
  const unused = keys.find(({ vkey }) => !used.has(vkey))
  if (unused !== undefined)
    return logProblem('key_unused', `The key ${unused.vkey} of the header has signed no checkpoint here.`)
  const trust = trustIn(state)
  if (trust === null) {
    const vouched = state.vouched?.size ?? 0
    return logProblem(
      'not_vouched',
      `The last checkpoint is signed by ${last.signers.map(({ vkey }) => vkey).join(' and ')}: not pinned, and not introduced by a key that is. What is pinned vouches for the first ${vouched} entries.`,
      missing(vouched, size),
    )
  }
  return {
    ok: true,
    kind: 'export',
    origin,
    size,
    root: toBase64(last.checkpoint.root),
    trust,
    checkpoints,
    extends: saved?.size ?? null,
  }
}

const trustIn = ({ pinned, last, vouched, header }: ExportState): Trust | null => {
  const signer = last?.signers[0]
  if (pinned.length === 0) return signer === undefined ? null : { kind: 'not_pinned', vkey: signer.vkey }
  return vouched !== null && vouched.size === header?.size ? vouched.trust : null
}

const missing = (from: number, size: number) =>
  from < size ? { entry: from, range: { from, to: size - 1 } } : {}
