import { changesOnly, followUp, isBare } from './follow-up.ts'
import { figureFrames } from './frames/figure-frames.ts'
import { type Frame, fits } from './frames/frame.ts'
import { incidentFrames } from './frames/incident-frames.ts'
import { ruleBook } from './frames/rule-frames.ts'
import { type Place, type Said, saidIn } from './frames/said.ts'
import { workFrames } from './frames/work-frames.ts'
import { isForSomebody } from './is-for-somebody.ts'
import { isHowTo } from './is-how-to.ts'
import { isOneOfMany } from './is-one-of-many.ts'
import { isOrder } from './is-order.ts'
import { isStatement } from './is-statement.ts'
import { nearestQuestions } from './nearest.ts'
import { plainerThan, type Readable } from './plainer.ts'
import { aboutOf, type Query } from './query.ts'
import { type Known, type Names, namesOf } from './words/names.ts'
import { type Piece, piecesOf } from './words/pieces.ts'
import { maxCharacters, wordsOf } from './words/text.ts'
import { isKnown } from './words/vocabulary.ts'

export interface QuestionContext extends Known {
  /** The moment of asking, in the tenant's zone. */
  readonly now: Temporal.ZonedDateTime
  /** The incident of the thread and its service; null outside any. */
  readonly thread: { readonly incident: string; readonly service: string | null } | null
  /** What was asked just before, for a follow-up. */
  readonly before: Query | null
  /** The id of whoever asks. */
  readonly asker: string
  /** How Suture is spoken to, such as `@suture`. */
  readonly bot?: readonly string[]
}

export type ParsedQuestion =
  | { readonly understood: true; readonly query: Query }
  | {
      readonly understood: false
      /** `too_long`; `which_one`: it does not say what it is about; `words`: at least one way of putting it is not known. */
      readonly why: 'words' | 'which_one' | 'too_long'
      /** Words that appear in no question Suture knows. */
      readonly unread: readonly string[]
      /** Two questions that it can answer, the nearest ones. */
      readonly nearest: readonly [string, string]
    }

/** 400 characters of one-letter words, or letters that stand for whole sentences, are no question. */
const mostWords = 80

const frames: readonly Frame[] = [...incidentFrames, ...workFrames, ...figureFrames, ...ruleBook]

/** Every word must be accounted for, or the question is not understood: a near miss is never answered as if it were a hit. */
export const parseQuestion = (text: string, context: QuestionContext): ParsedQuestion => {
  const no = (why: 'words' | 'which_one' | 'too_long', said: Said | null): ParsedQuestion => ({
    understood: false,
    why,
    unread: said?.unread ?? [],
    nearest: nearestQuestions(said, context),
  })
  if (text.length > maxCharacters) return no('too_long', null)
  const words = wordsOf(text, context.bot)
  if (words === null || words.length === 0) return no('words', null)
  if (words.length > mostWords) return no('too_long', null)
  const names = namesOf(context)
  let first: Said | null = null
  let pointless = false
  for (const readable of ways(words, text, context.bot ?? [], names))
    for (const known of [withoutOurWords(names), names]) {
      const pieces = piecesOf(readable.words, known, context.now)
      const said = saidIn(pieces)
      first ??= said
      const read = isStatement(pieces, readable.text) ? null : readingOf(pieces, said, context)
      if (read === 'which_one') pointless = true
      else if (read !== null && !isGoneBy(read, pieces)) return { understood: true, query: read }
    }
  return no(pointless ? 'which_one' : 'words', first)
}

/** As it stands, and then plainer. */
function* ways(
  words: readonly string[],
  text: string,
  bot: readonly string[],
  names: Names,
): Generator<Readable> {
  yield { words, text }
  yield* plainerThan(text, bot, names)
}

/** A service may be called like a word of ours, which then is a word first; a name where the question is none without it. */
const withoutOurWords = (names: Names): Names => ({
  ...names,
  exactly: (words) => (words.length === 1 && isKnown(words[0] ?? '') ? undefined : names.exactly(words)),
})

const readingOf = (
  pieces: readonly Piece[],
  said: Said,
  context: QuestionContext,
): Query | 'which_one' | null => {
  if (said.unread.length > 0 || said.times.some(({ kind }) => kind === 'none')) return null
  const { thread, before, asker } = context
  const continues = before !== null && follows(pieces) && pieces.length < 3
  if (
    (isOrder(pieces) && !continues) ||
    isForSomebody(pieces) ||
    isHowTo(pieces) ||
    isOneOfMany(pieces) ||
    isHalf(pieces)
  )
    return null
  const place: Place = { thread, before: before === null ? null : aboutOf(before), asker }
  // `and payments?` follows on something; with nothing before it, nobody knows on what.
  if (before === null) return said.tags.size === 0 && follows(pieces) ? null : best(said, place)
  const following = followUp(said, before, place) ?? (follows(pieces) ? otherRule(said, before, place) : null)
  if (following !== null) return following
  if (isPart(pieces)) return null
  // `only those by bob`: of what was asked before, or of nothing.
  if (said.tags.has('only')) return null
  if (asksWhatItDid(said)) return best(said, place)
  if (changesOnly(said) && (said.tags.size === 0 || follows(pieces) || isBare(said))) return null
  return best(said, place)
}

/** `and the change windows?`: of the same place. */
const otherRule = (said: Said, before: Query, place: Place): Query | null => {
  if (before.subject !== 'governance') return null
  const read = best(said, place)
  return read !== null &&
    read !== 'which_one' &&
    read.subject === 'governance' &&
    read.about.kind === 'everything'
    ? { ...read, about: before.about }
    : null
}

/** `and what did it do?` */
const asksWhatItDid = ({ tags, pointsAt, services, playbooks, people, times }: Said): boolean =>
  pointsAt.length === 1 &&
  services.length + playbooks.length + people.length + times.length === 0 &&
  tags.size === 2 &&
  tags.has('what') &&
  tags.has('do')

/** What these answer is of now: `what was running` asks for something that they don't know. */
const ofNow: ReadonlySet<Query['subject']> = new Set([
  'what_runs',
  'governance',
  'next_allowed',
  'who_can',
  'status',
])
const isGoneBy = ({ subject }: Query, pieces: readonly Piece[]): boolean =>
  (ofNow.has(subject) && isOfThePast(pieces)) ||
  // `did the self test fail?`: of one that was run.
  (subject === 'self_test' &&
    pieces.some((piece) => piece.kind === 'tag' && /^(did|was|were|failed)\b/.test(piece.text)))
const isOfThePast = (pieces: readonly Piece[]): boolean =>
  pieces.some((piece) => piece.kind === 'tag' && (piece.text === 'was' || piece.text === 'were'))

/** `for critical incidents`: a part of a question, which the one before has no place for. */
const isPart = (pieces: readonly Piece[]): boolean =>
  pieces[0]?.kind === 'tag' && parts.has(pieces[0].text) && !pieces.some(isAsking)
const parts = new Set(['for', 'of', 'with', 'by', 'in', 'on', 'at', 'from', 'per'])
const isAsking = (piece: Piece): boolean =>
  piece.kind === 'tag' &&
  (['what', 'who', 'why', 'when', 'where', 'count', 'anything', 'can', 'may', 'do', 'status'].includes(
    piece.tag,
  ) ||
    /^(which|how)/.test(piece.tag) ||
    piece.text === 'is' ||
    piece.text === 'are')

const follows = ([first]: readonly Piece[]): boolean =>
  first?.kind === 'tag' && (['and', 'or', 'also', 'then'].includes(first.text) || first.tag === 'whatabout')

/** What most of the words call for; where two readings are as good as each other and differ, none. */
const best = (said: Said, place: Place): Query | 'which_one' | null => {
  const read = frames.flatMap((frame) => {
    const query = fits(frame, said) ? frame.query(said, place) : null
    return query === null ? [] : [{ query, needs: frame.needs.length }]
  })
  const queries = read.flatMap(({ query, needs }) => (query === 'which_one' ? [] : [{ query, needs }]))
  const most = Math.max(...queries.map(({ needs }) => needs))
  const [first, ...others] = new Set(
    queries.filter(({ needs }) => needs === most).map(({ query }) => JSON.stringify(query)),
  )
  if (first === undefined) return read.length > 0 ? 'which_one' : null
  return others.length > 0
    ? null
    : (queries.find(({ query }) => JSON.stringify(query) === first)?.query ?? null)
}

const dangling = new Set([
  'of',
  'than',
  'vs',
  'versus',
  'between',
  'since',
  'per',
  'and',
  'or',
  'the',
  'our',
  'a',
  'with',
  'against',
])
const stranded = new Set(['for', 'on', 'in', 'at', 'to', 'from', 'about', 'by'])

/** `success rate of`: the end is missing. After `which service ...`, `what mode ...` or `who` a last preposition has its noun. */
const isHalf = (pieces: readonly Piece[]): boolean => {
  const last = pieces.at(-1)
  const text = last?.kind === 'tag' || last?.kind === 'word' ? last.text : null
  if (text === null) return false
  if (dangling.has(text)) return true
  const verb = pieces.at(-2)
  if (verb?.kind === 'tag' && verbs.has(verb.tag)) return false
  // `is there a freeze on?`
  if (text === 'on' && pieces.some((piece) => piece.kind === 'tag' && switched.has(piece.tag))) return false
  return stranded.has(text) && !pieces.some((_, at) => asksForNoun(pieces, at))
}

const switched = new Set(['freeze', 'glass', 'silence', 'maintenance', 'mode'])

/** `what is it stuck on`: the preposition belongs to the verb. */
const verbs = new Set([
  'blocked',
  'waiting',
  'start',
  'work',
  'working',
  'vote',
  'approve',
  'approved',
  'decide',
  'running',
  'touch',
])

const asksForNoun = (pieces: readonly Piece[], at: number): boolean => {
  const [piece, next] = [pieces[at], pieces[at + 1]]
  if (piece?.kind !== 'tag') return false
  if (piece.tag.startsWith('which') || piece.tag === 'who') return true
  return piece.tag === 'what' && next?.kind === 'tag' && !['_', 'do'].includes(next.tag)
}
