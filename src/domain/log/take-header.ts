import { parseHeader } from './audit-export.ts'
import type { ExportState } from './export-state.ts'
import { type LogProblem, logProblem } from './log-problem.ts'
import { readSaved, savedDiffers } from './saved-checkpoint.ts'

/** The first line of an export; with it, what a saved checkpoint says of the log is known to be about this one. */
export const takeHeader = (state: ExportState, text: string | null): LogProblem | null => {
  const { sha256, pinned, savedNote, line } = state
  const read = text === null ? null : parseHeader(text, sha256)
  if (read === null) return logProblem('header_wrong', 'The first line is not text.', { line })
  if (!read.ok) return logProblem('header_wrong', `The first line can't be read: ${read.problem}.`, { line })
  const header = read.value
  state.header = header
  state.introduced = header.keys.flatMap((key) =>
    key.introducedBy === null ? [] : [{ ...key, introducedBy: key.introducedBy }],
  )
  const listed = new Set(header.keys.map(({ vkey }) => vkey))
  state.known = [...header.keys, ...pinned.filter(({ vkey }) => !listed.has(vkey))]
  if (savedNote === null) return null
  const held = readSaved(savedNote, header.origin, header.size, state.known)
  state.saved = held.saved
  for (const check of held.checks) state.checks.set(check, null)
  return held.problem ?? atSaved(state)
}

/** Holds the tree against the saved checkpoint at the moment when it has that size. */
export const atSaved = ({ saved, tree }: ExportState): LogProblem | null =>
  saved !== null && tree.size() === saved.size ? savedDiffers(saved, tree.root()) : null
