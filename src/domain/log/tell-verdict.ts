import type { Trust } from './key-chain.ts'
import type { LogProblem, LogProblemCode } from './log-problem.ts'
import type { SoundExport, SoundProof, Verdict } from './verdict.ts'

/** A verdict in words, the same ones on the command line and on the page. */
export interface Told {
  /** `unsure`: everything fits, but nobody said whose key it is. */
  readonly tone: 'good' | 'unsure' | 'bad'
  readonly headline: string
  readonly sentences: readonly string[]
  /** What it rests on, or where it is: a name and a value each. */
  readonly facts: readonly Fact[]
}

type Fact = readonly [name: string, value: string]

export const tellVerdict = (verdict: Verdict): Told => {
  if (!verdict.ok)
    return {
      tone: 'bad',
      headline: headlineOf(verdict.problem),
      sentences: [verdict.problem.text],
      facts: placeOf(verdict.problem),
    }
  const { trust } = verdict
  return {
    tone: trust.kind === 'not_pinned' ? 'unsure' : 'good',
    headline: soundHeadline(verdict),
    sentences: [...soundSentences(verdict), tellTrust(trust)],
    facts: soundFacts(verdict),
  }
}

const soundHeadline = (verdict: SoundExport | SoundProof): string => {
  if (verdict.trust.kind === 'not_pinned') return 'Everything fits, but nobody said whose key it is.'
  return verdict.kind === 'export'
    ? 'This is the history as it was sealed.'
    : `${verdict.entries.length === 1 ? 'This entry is' : 'These entries are'} in the history as it was sealed.`
}

const soundSentences = (verdict: SoundExport | SoundProof): string[] => {
  const { size } = verdict
  if (verdict.kind === 'export') {
    const all = size === 1 ? 'The one entry is' : `All ${numbered(size)} entries are`
    const kept = verdict.extends
    return [
      `${all} there: none changed, missing, added or moved.`,
      ...(kept === null ? [] : [`The first ${numbered(kept)} are those that your saved checkpoint counted.`]),
    ]
  }
  const { entries, claim } = verdict
  const some = entries.length === 1 ? 'One entry' : `${numbered(entries.length)} entries`
  return [
    `${some} out of ${numbered(size)}: not a byte changed.`,
    claim.complete
      ? `The file says that this is everything about ${claim.about}. That can't be proved by single entries; the whole export shows it.`
      : `The file is about ${claim.about}, and says itself that it is not everything.`,
  ]
}

const tellTrust = (trust: Trust): string => {
  switch (trust.kind) {
    case 'pinned':
      return 'Signed by the key that you gave.'
    case 'introduced':
      return 'Signed by a newer key, which the history introduces under the key that you gave.'
    case 'not_pinned':
      return 'Whoever can make a file can make a key: compare the one below with one that you have from somebody you trust.'
  }
}

const soundFacts = (verdict: SoundExport | SoundProof): Fact[] => [
  fact('Log', verdict.origin),
  ...(verdict.kind === 'export'
    ? [fact('Entries', numbered(verdict.size)), fact('Checkpoints', numbered(verdict.checkpoints))]
    : [fact('Proved', listed(verdict.entries))]),
  fact('Root', verdict.root),
  fact('Signed by', verdict.trust.vkey),
  ...(verdict.trust.kind === 'introduced' ? [fact('Under', verdict.trust.introducer)] : []),
]

const headlines: Readonly<Record<LogProblemCode, string>> = {
  not_readable: 'This is no audit export and no proof.',
  header_wrong: 'This is no audit export, or its first line was changed.',
  line_too_long: 'There is something in the file that no export holds.',
  line_unknown: 'There is something in the file that no export holds.',
  entry_out_of_order: 'Entry {} is not where it belongs.',
  entry_unreadable: 'Entry {} was damaged.',
  entry_changed: 'Entry {} was changed.',
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
  not_included: 'Entry {} is not in the history that was signed.',
  proof_wrong: 'This is no proof, or it was changed.',
  saved_unreadable: "The saved checkpoint can't be read.",
  saved_longer: 'The end of the history is missing.',
  saved_differs: 'This is not the history that your checkpoint was made of.',
}

const headlineOf = ({ code, entry }: LogProblem): string => headlines[code].replace('{}', String(entry ?? ''))

const placeOf = ({ entry, range, line }: LogProblem): Fact[] => {
  const first =
    entry ??
    (range === null ? null : range.from === range.to ? range.from : `one of ${range.from} to ${range.to}`)
  return [
    ...(first === null ? [] : [fact('First bad entry', first)]),
    ...(line === null ? [] : [fact('Line of the file', line)]),
  ]
}

const fact = (name: string, value: string | number): Fact => [name, String(value)]

const mostListed = 40

const listed = (entries: readonly number[]): string =>
  entries.length <= mostListed
    ? entries.join(', ')
    : `${entries.slice(0, mostListed).join(', ')} and ${entries.length - mostListed} more`

/** 1,000 for 1000. */
const numbered = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
