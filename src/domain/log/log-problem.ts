/** What can be wrong with an export, a proof or a saved checkpoint: the closed list, each with its place. */

export const logProblemCodes = [
  'not_readable',
  'header_wrong',
  'line_too_long',
  'line_unknown',
  'entry_out_of_order',
  'entry_unreadable',
  'entry_changed',
  'tree_differs',
  'checkpoint_unreadable',
  'checkpoint_misplaced',
  'other_log',
  'signature_wrong',
  'signer_unknown',
  'key_unused',
  'key_not_introduced',
  'not_vouched',
  'cut_off',
  'text_behind_end',
  'not_included',
  'proof_wrong',
  'saved_unreadable',
  'saved_longer',
  'saved_differs',
] as const
export type LogProblemCode = (typeof logProblemCodes)[number]

export interface LogProblem {
  readonly code: LogProblemCode
  /** Of the file, counted from 1; null where it is about the file as a whole. */
  readonly line: number | null
  /** The first entry that is wrong or missing, counted from 0; null where it is about none. */
  readonly entry: number | null
  /** Where it can't be said which: one of the entries `from` to `to` is wrong. */
  readonly range: { readonly from: number; readonly to: number } | null
  /** What was expected, what was found. */
  readonly text: string
}

export const logProblem = (
  code: LogProblemCode,
  text: string,
  at: Partial<Pick<LogProblem, 'line' | 'entry' | 'range'>> = {},
): LogProblem => ({ code, line: at.line ?? null, entry: at.entry ?? null, range: at.range ?? null, text })
