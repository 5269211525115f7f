import type { Trust } from './key-chain.ts'
import type { LogProblem, LogProblemCode } from './log-problem.ts'
import type { SoundExport, SoundProof, Verdict } from './verdict.ts'

/** A verdict in words, the same ones on the command line and on the page. */
export interface Told {
  /** `unsure`: everything fits, but nobody said whose key it is. */
  readonly tone: 'good' | 'unsure' | 'bad'
  readonly headline: string
  readonly sentences: readonly string[]
}

export const tellVerdict = (verdict: Verdict): Told =>
  verdict.ok
    ? {
        tone: verdict.trust.kind === 'not_pinned' ? 'unsure' : 'good',
        headline: soundHeadline(verdict),
        sentences: [...soundSentences(verdict), tellTrust(verdict.trust)],
      }
    : { tone: 'bad', headline: headlineOf(verdict.problem), sentences: tellProblem(verdict.problem) }

const soundHeadline = (verdict: SoundExport | SoundProof): string => {
  if (verdict.trust.kind === 'not_pinned') return 'Everything fits, but nobody said whose key it is.'
  return verdict.kind === 'export'
    ? 'This is the history as it was sealed.'
    : `${verdict.entries.length === 1 ? 'This entry is' : 'These entries are'} in the history as it was sealed.`
}

const soundSentences = (verdict: SoundExport | SoundProof): string[] => {
  const { origin, size } = verdict
  if (verdict.kind === 'export')
    return [
      `${size === 1 ? 'The one entry' : `All ${counted(size, 'entry')}`} of ${origin}: none changed, missing, added or moved.`,
      ...(verdict.extends === null
        ? []
        : [`The first ${verdict.extends} are those that your saved checkpoint counted.`]),
    ]
  const { entries, claim } = verdict
  return [
    `${entries.length === 1 ? `Entry ${entries[0]}` : `${counted(entries.length, 'entry')}, from ${entries[0]} to ${entries.at(-1)},`} of the first ${size} of ${origin}: not a byte changed.`,
    claim.complete
      ? `The file says that this is everything about ${claim.about}. That can't be proved by single entries; the whole export shows it.`
      : `The file is about ${claim.about}, and says itself that it is not everything.`,
  ]
}

const tellTrust = (trust: Trust): string => {
  switch (trust.kind) {
    case 'pinned':
      return `Signed by the key that you gave: ${trust.vkey}`
    case 'introduced':
      return `Signed by ${trust.vkey}, which the history introduces under the key that you gave: ${trust.introducer}`
    case 'not_pinned':
      return `Signed by ${trust.vkey}, which you have not pinned. Whoever can make a file can make a key: compare it with one that you have from somebody you trust.`
  }
}

const headlines: Readonly<Record<LogProblemCode, string>> = {
  not_readable: 'This is no audit export and no proof.',
  header_wrong: 'This is no audit export, or its first line was changed.',
  line_too_long: 'There is something in the file that no export holds.',
  line_unknown: 'There is something in the file that no export holds.',
  entry_out_of_order: 'An entry is missing, added or moved.',
  entry_unreadable: 'An entry was damaged.',
  entry_changed: 'An entry was changed.',
  tree_differs: 'The entries are not those that were sealed.',
  checkpoint_unreadable: 'A checkpoint was damaged.',
  checkpoint_misplaced: 'A checkpoint does not fit the entries above it.',
  other_log: 'A checkpoint is of another log.',
  signature_wrong: 'A signature does not hold.',
  signer_unknown: 'A checkpoint is signed by nobody known.',
  key_unused: 'The list of keys was changed.',
  key_not_introduced: 'A key was not introduced as the file says.',
  not_vouched: 'No key that you gave vouches for this.',
  cut_off: 'The end of the file is missing.',
  text_behind_end: 'There is something behind the end of the file.',
  not_included: 'An entry is not in the history that was signed.',
  proof_wrong: 'This is no proof, or it was changed.',
  saved_unreadable: "The saved checkpoint can't be read.",
  saved_longer: 'The end of the history is missing.',
  saved_differs: 'This is not the history that your checkpoint was made of.',
}

const headlineOf = ({ code }: LogProblem): string => headlines[code]

const tellProblem = ({ entry, range, line, text }: LogProblem): string[] => [
  ...(entry !== null ? [`First bad entry: ${entry}.`] : range === null ? [] : [inRange(range)]),
  text,
  ...(line === null ? [] : [`Line ${line} of the file.`]),
]

const inRange = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  from === to ? `First bad entry: ${from}.` : `First bad entry: one of ${from} to ${to}.`

const counted = (count: number, noun: string): string =>
  count === 1 ? `1 ${noun}` : `${count} ${noun.replace(/y$/, 'ie')}s`
